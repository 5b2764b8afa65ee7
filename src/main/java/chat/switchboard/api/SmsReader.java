package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.librechat.MessageConfig;
import chat.switchboard.outbound.TextFormat;
import chat.switchboard.phone.PhoneAddress;
import chat.switchboard.phone.PhoneNumberParser;
import chat.switchboard.text.Sendable;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;
import java.util.regex.Pattern;

/** Reads what is asked for at the door for texts, or says what is wrong with it. */
@ApplicationScoped
class SmsReader {

  private static final Pattern IDEMPOTENCY_KEY = Pattern.compile("[\\x21-\\x7E]{1,256}");
  private static final Pattern MESSAGING_SERVICE = Pattern.compile("MG[0-9a-fA-F]{32}");

  private final JsonBody json;
  private final int longest;

  SmsReader(JsonBody json, MessageConfig config) {
    this.json = json;
    this.longest = config.maxLength();
  }

  SmsOrderRequest read(byte[] body, String idempotencyKey) {
    ObjectNode request = json.read(body);
    String id = id(idempotencyKey);
    return new SmsOrderRequest(
        id,
        PhoneNumberParser.read("to", RequestFields.needed(request, "to")).text(),
        RequestFields.uuid(RequestFields.needed(request, "conversationId")),
        text(request),
        includeCode(request),
        RequestFields.text(request, "from").map(String::strip).map(this::from),
        format(request));
  }

  /** Words, and how they are meant. */
  record Words(String text, TextFormat format) {}

  /** The text for everybody in a conversation. */
  Words groupText(byte[] body) {
    ObjectNode request = json.read(body);
    return new Words(text(request), format(request));
  }

  /** The id of a text follows from the caller's key; without one, each is a new text. */
  static String id(String idempotencyKey) {
    if (idempotencyKey == null) {
      return UUID.randomUUID().toString();
    }
    if (!IDEMPOTENCY_KEY.matcher(idempotencyKey).matches()) {
      throw ProblemException.of(400, "Idempotency-Key must be 1 to 256 visible ASCII characters");
    }
    return DeterministicIds.uuid("sms", idempotencyKey).toString();
  }

  /** The same, for one of several people. */
  static String id(String idempotencyKey, String person) {
    return idempotencyKey == null
        ? UUID.randomUUID().toString()
        : DeterministicIds.uuid("sms group", idempotencyKey, PhoneAddress.of(person).account())
            .toString();
  }

  private String text(ObjectNode request) {
    String text = RequestFields.needed(request, "text");
    Sendable.firstObstacle(text)
        .ifPresent(
            at -> {
              throw ProblemException.of(
                  400,
                  "text contains %s at index %d, which cannot be sent"
                      .formatted(
                          text.charAt(at) == 0
                              ? "NUL"
                              : "half of a surrogate pair (U+%04X)"
                                  .formatted((int) text.charAt(at)),
                          at));
            });
    if (text.length() > longest) {
      throw ProblemException.of(400, "text must not be longer than " + longest + " characters");
    }
    return text;
  }

  private static TextFormat format(ObjectNode request) {
    if (request.path("format").isNull()) {
      throw ProblemException.of(400, "format must be text or markdown");
    }
    return switch (RequestFields.text(request, "format").orElse("text")) {
      case "text" -> TextFormat.TEXT;
      case "markdown" -> TextFormat.MARKDOWN;
      default -> throw ProblemException.of(400, "format must be text or markdown");
    };
  }

  private String from(String typed) {
    return MESSAGING_SERVICE.matcher(typed).matches()
        ? typed
        : PhoneNumberParser.read("from", typed).text();
  }

  private static boolean includeCode(ObjectNode request) {
    JsonNode wanted = request.get("includeCode");
    if (wanted == null || wanted.isNull()) {
      return false;
    }
    if (!wanted.isBoolean()) {
      throw ProblemException.of(400, "includeCode must be true or false");
    }
    return wanted.booleanValue();
  }
}
