package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Reads single fields of a request. */
final class RequestFields {

  private RequestFields() {}

  /** A text, unless it is missing. */
  static Optional<String> text(ObjectNode request, String field) {
    JsonNode value = request.get(field);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw ProblemException.of(400, field + " must be a text");
    }
    return Optional.of(value.textValue());
  }

  /** True or false, unless it is missing. */
  static Optional<Boolean> flag(ObjectNode request, String field) {
    JsonNode value = request.get(field);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isBoolean()) {
      throw ProblemException.of(400, field + " must be true or false");
    }
    return Optional.of(value.booleanValue());
  }

  /** A text that must not be missing. */
  static String needed(ObjectNode request, String field) {
    return text(request, field)
        .filter(value -> !value.isBlank())
        .orElseThrow(() -> ProblemException.of(400, field + " is needed"));
  }

  /** The id of a conversation. */
  static UUID uuid(String conversationId) {
    try {
      UUID id = UUID.fromString(conversationId);
      // The parser also takes shortened groups, which LibreChat does not.
      if (id.toString().equals(conversationId.toLowerCase(Locale.ROOT))) {
        return id;
      }
    } catch (IllegalArgumentException malformed) {
      // answered below
    }
    throw ProblemException.of(400, "The conversation id must be a UUID");
  }
}
