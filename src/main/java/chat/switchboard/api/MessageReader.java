package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import chat.switchboard.inbound.CleanText;
import chat.switchboard.inbound.InboundMessage;
import chat.switchboard.inbound.InboundMessage.Destination;
import chat.switchboard.inbound.InboundMessage.IdempotencyKey;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.librechat.LibreChatConfig;
import chat.switchboard.librechat.MessageConfig;
import chat.switchboard.phone.PhoneAddress;
import chat.switchboard.routing.Contact;
import chat.switchboard.routing.Source;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.bson.Document;

/** Turns the body of a request into an {@link InboundMessage}; the errors name the wrong field. */
@ApplicationScoped
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
  private final MessageConfig messageConfig;

  MessageReader(JsonBody json, LibreChatConfig libreChatConfig, MessageConfig messageConfig) {
    this.json = json;
    this.libreChatConfig = libreChatConfig;
    this.messageConfig = messageConfig;
  }

  InboundMessage toConversation(
      String conversationId, byte[] body, Optional<String> idempotencyKey) {
    ExternalMessageRequest request = json.read(body, ExternalMessageRequest.class);
    UUID id = RequestFields.uuid(conversationId);
    Document metadata = MetadataReader.read(request.metadata());
    return message(
        request, metadata, new ToConversation(id), phoneNumber(metadata), idempotencyKey);
  }

  InboundMessage toContact(byte[] body, Optional<String> idempotencyKey) {
    ContactMessageRequest request = json.read(body, ContactMessageRequest.class);
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

  private InboundMessage message(
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
    return new InboundMessage(
        destination,
        parts(request.content()),
        sender(request, source, phoneNumber),
        source,
        metadata,
        idempotencyKey.map(IdempotencyKey::new),
        request.trusted(),
        true,
        request.reply());
  }

  private List<String> parts(JsonNode content) {
    List<String> parts = new ArrayList<>();
    if (content == null || content.isNull()) {
      throw ProblemException.of(400, "Content must not be empty");
    } else if (content.isTextual()) {
      parts.add(content.textValue());
    } else if (content.isArray()) {
      content.forEach(part -> parts.add(part(part)));
    } else {
      parts.add(part(content));
    }
    if (parts.stream().allMatch(String::isBlank)) {
      throw ProblemException.of(400, "Content must not be empty");
    }
    if (parts.stream().mapToInt(String::length).sum() > messageConfig.maxLength()) {
      throw ProblemException.of(
          400, "Content must not be longer than " + messageConfig.maxLength() + " characters");
    }
    return parts.stream().map(CleanText::of).toList();
  }

  private static String part(JsonNode part) {
    JsonNode type = part.get("type");
    JsonNode text = part.get("text");
    boolean isText = type == null || "text".equals(type.textValue());
    if (!isText || text == null || !text.isTextual()) {
      throw ProblemException.of(
          400, "Content must be a text, or parts of the form {\"type\":\"text\",\"text\":\"…\"}");
    }
    return text.textValue();
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
