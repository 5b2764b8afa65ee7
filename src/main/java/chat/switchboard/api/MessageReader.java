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
import chat.switchboard.phone.PhoneNumberParser;
import chat.switchboard.routing.Contact;
import chat.switchboard.routing.Source;
import chat.switchboard.text.ShownText;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.bson.Document;

/** Turns the body of a request into an {@link InboundMessage}, or says what is wrong with it. */
@ApplicationScoped
class MessageReader {

  private static final String DEFAULT_SOURCE = "api";
  private static final int LONGEST_SENDER = 100;

  /** What is read of a sender's name before its length is checked, in grapheme clusters. */
  private static final int MOST_READ = 1_000;

  private static final int CODE_LENGTH = 6;

  /** It is stored as the message's model too, where LibreChat takes "agent_…" for an agent. */
  private static final Pattern SOURCE = Pattern.compile("(?!agent_)[A-Za-z][A-Za-z0-9._-]{0,39}");

  private static final Pattern IDEMPOTENCY_KEY = Pattern.compile("[\\x21-\\x7E]{1,256}");

  private final JsonBody json;
  private final LibreChatConfig libreChatConfig;
  private final MessageConfig messageConfig;

  MessageReader(JsonBody json, LibreChatConfig libreChatConfig, MessageConfig messageConfig) {
    this.json = json;
    this.libreChatConfig = libreChatConfig;
    this.messageConfig = messageConfig;
  }

  InboundMessage toConversation(String conversationId, byte[] body, String idempotencyKey) {
    ObjectNode request = json.read(body);
    requireRole(request);
    UUID id = RequestFields.uuid(conversationId);
    Document metadata = MetadataReader.read(request.get("metadata"));
    return message(
        request, metadata, new ToConversation(id), phoneNumber(metadata), idempotencyKey);
  }

  InboundMessage toContact(byte[] body, String idempotencyKey) {
    ObjectNode request = json.read(body);
    requireRole(request);
    String from = PhoneNumberParser.read("from", RequestFields.needed(request, "from")).text();
    Optional<String> to =
        RequestFields.text(request, "to").map(typed -> PhoneNumberParser.read("to", typed).text());
    Optional<String> code = RequestFields.text(request, "code");
    if (code.filter(
            shown -> shown.replaceAll("[\\s\\p{Z}\\p{Cf}\\p{Pd}]", "").length() != CODE_LENGTH)
        .isPresent()) {
      throw ProblemException.of(400, "code must have " + CODE_LENGTH + " letters and digits");
    }
    Document metadata = MetadataReader.read(request.get("metadata"));
    metadata.putIfAbsent("phoneNumber", from);
    to.ifPresent(number -> metadata.putIfAbsent("serviceNumber", number));
    Destination destination =
        new ToContact(
            new Contact(
                from,
                to,
                source(metadata),
                code,
                Optional.empty(),
                RequestFields.text(request, "sender").isPresent()));
    return message(request, metadata, destination, Optional.of(from), idempotencyKey);
  }

  private InboundMessage message(
      ObjectNode request,
      Document metadata,
      Destination destination,
      Optional<String> phoneNumber,
      String idempotencyKey) {
    Optional<Boolean> reply = RequestFields.flag(request, "reply");
    if (reply.orElse(false)
        && libreChatConfig.librechatUrl().filter(set -> !set.isBlank()).isEmpty()) {
      throw ProblemException.of(
          400, "reply: true needs LibreChat's address, and LIBRECHAT_URL is not set here");
    }
    String source = source(metadata);
    return new InboundMessage(
        destination,
        parts(request.get("content")),
        sender(request, source, phoneNumber),
        source,
        metadata,
        Optional.ofNullable(idempotencyKey).map(MessageReader::key),
        RequestFields.flag(request, "trusted").orElse(false),
        true,
        reply);
  }

  private static void requireRole(ObjectNode request) {
    JsonNode role = request.get("role");
    if (role == null || !"external".equals(role.textValue())) {
      throw ProblemException.of(400, "Role must be external");
    }
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
    if (source instanceof String word && SOURCE.matcher(word).matches()) {
      return word;
    }
    throw ProblemException.of(
        400,
        "metadata.source must be a word of up to 40 letters, digits, dots, dashes and underscores,"
            + " and must not begin with agent_");
  }

  private static String sender(ObjectNode request, String source, Optional<String> phoneNumber) {
    Optional<String> given =
        RequestFields.text(request, "sender")
            .map(name -> ShownText.line(name, MOST_READ))
            .filter(name -> !name.isEmpty());
    if (given.filter(name -> name.length() > LONGEST_SENDER).isPresent()) {
      throw ProblemException.of(
          400, "sender must not be longer than " + LONGEST_SENDER + " characters");
    }
    return given.orElseGet(
        () ->
            phoneNumber
                .map(number -> Source.shown(source) + " " + PhoneAddress.of(number).shown())
                .orElseGet(() -> Source.shown(source)));
  }

  /** For the sender's name only: metadata may hold anything. */
  private static Optional<String> phoneNumber(Document metadata) {
    return metadata.get("phoneNumber") instanceof String number && !number.isBlank()
        ? Optional.of(number).filter(shown -> shown.length() <= LONGEST_SENDER)
        : Optional.empty();
  }

  private static IdempotencyKey key(String value) {
    if (!IDEMPOTENCY_KEY.matcher(value).matches()) {
      throw ProblemException.of(400, "Idempotency-Key must be 1 to 256 visible ASCII characters");
    }
    return new IdempotencyKey(value);
  }
}
