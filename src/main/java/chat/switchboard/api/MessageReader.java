package chat.switchboard.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import chat.switchboard.address.PhoneAddress;
import chat.switchboard.http.BodyLimit;
import chat.switchboard.http.ProblemException;
import chat.switchboard.inbound.InboundMessage;
import chat.switchboard.inbound.InboundMessage.Destination;
import chat.switchboard.inbound.InboundMessage.IdempotencyKey;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.librechat.LibreChatConfig;
import chat.switchboard.routing.Contact;
import chat.switchboard.routing.Source;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.bson.Document;

/** Turns the body of a request into an {@link InboundMessage}; the errors name the wrong field. */
@Singleton
class MessageReader {

  private static final String DEFAULT_SOURCE = "api";

  /**
   * The source is also stored as the message's model, where LibreChat treats "agent_…" as an
   * agent's id.
   */
  static final String SOURCE = "^(?!agent_)[A-Za-z][A-Za-z0-9._-]{0,39}$";

  private static final Pattern SOURCE_FORM = Pattern.compile(SOURCE);

  private final JsonBody json;
  private final LibreChatConfig libreChatConfig;
  private final ContentReader content;

  MessageReader(JsonBody json, LibreChatConfig libreChatConfig, ContentReader content) {
    this.json = json;
    this.libreChatConfig = libreChatConfig;
    this.content = content;
  }

  /**
   * A message, and the bytes of its files that have to be stored before it is taken.
   *
   * @param data by the ids of the bytes
   */
  record Read(InboundMessage message, Map<String, byte[]> data) {}

  Read toConversation(String conversationId, byte[] body, Optional<String> idempotencyKey) {
    ExternalMessageRequest request = json.read(bounded(body), ExternalMessageRequest.class);
    UUID id = RequestFields.uuid(conversationId);
    Document metadata = MetadataReader.read(request.metadata());
    return message(
        request, metadata, new ToConversation(id), phoneNumber(metadata), idempotencyKey);
  }

  Read toContact(byte[] body, Optional<String> idempotencyKey) {
    ContactMessageRequest request = json.read(bounded(body), ContactMessageRequest.class);
    Document metadata = MetadataReader.read(request.metadata());
    metadata.putIfAbsent("phoneNumber", request.from());
    request.to().ifPresent(number -> metadata.putIfAbsent("serviceNumber", number));
    Destination destination =
        new ToContact(
            new Contact(
                request.from(),
                request.to(),
                source(metadata),
                request.code(),
                Optional.empty(),
                request.sender().isPresent()));
    return message(request, metadata, destination, Optional.of(request.from()), idempotencyKey);
  }

  /** Only a body with the bytes of a file may be large. */
  private static byte[] bounded(byte[] body) {
    if (body.length > BodyLimit.BYTES && !new String(body, ISO_8859_1).contains("\"data\"")) {
      throw ProblemException.of(413, "The body is larger than 256 KiB, and carries no file");
    }
    return body;
  }

  private Read message(
      MessageRequest request,
      Document metadata,
      Destination destination,
      Optional<String> phoneNumber,
      Optional<String> idempotencyKey) {
    if (request.reply().orElse(false)
        && libreChatConfig.librechatUrl().filter(set -> !set.isBlank()).isEmpty()) {
      throw ProblemException.of(
          400, "reply: true requires LibreChat's address, but LIBRECHAT_URL is not set");
    }
    String source = source(metadata);
    ContentReader.Read read = content.read(request.content());
    // A message with files waits in the inbox, which needs a key.
    Optional<String> key =
        read.files().isEmpty()
            ? idempotencyKey
            : idempotencyKey.or(() -> Optional.of("files:" + UUID.randomUUID()));
    InboundMessage message =
        new InboundMessage(
            destination,
            read.parts(),
            sender(request, source, phoneNumber),
            source,
            metadata,
            key.map(IdempotencyKey::new),
            request.trusted(),
            true,
            request.reply());
    return new Read(message.with(read.files()), read.data());
  }

  private static String source(Document metadata) {
    Object source = metadata.get("source");
    if (source == null) {
      return DEFAULT_SOURCE;
    }
    if (source instanceof String word && SOURCE_FORM.matcher(word).matches()) {
      return word;
    }
    throw ProblemException.of(
        400,
        "metadata.source must be a word of up to 40 letters, digits, dots, dashes and underscores,"
            + " and must not begin with agent_");
  }

  private static String sender(
      MessageRequest request, String source, Optional<String> phoneNumber) {
    return RequestFields.name("sender", request.sender())
        .orElseGet(
            () ->
                phoneNumber
                    .map(number -> Source.shown(source) + " " + PhoneAddress.of(number).shown())
                    .orElseGet(() -> Source.shown(source)));
  }

  /** For the sender's name only: metadata may contain any value. */
  private static Optional<String> phoneNumber(Document metadata) {
    return metadata.get("phoneNumber") instanceof String number && !number.isBlank()
        ? Optional.of(number).filter(shown -> shown.length() <= RequestFields.LONGEST_NAME)
        : Optional.empty();
  }
}
