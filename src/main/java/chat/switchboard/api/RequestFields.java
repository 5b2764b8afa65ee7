package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import chat.switchboard.text.Sendable;
import chat.switchboard.text.ShownText;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** The rules for single fields that several requests have. */
final class RequestFields {

  /** The longest name of a person: a sender or a label, in UTF-16 code units. */
  static final int LONGEST_NAME = 100;

  /** Checks the content of a text: not blank, and without NUL. */
  static final String UUID_FORM = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";

  static final String SENDABLE = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$";

  /** The part of a name that is read before its length is checked, in grapheme clusters. */
  private static final int MOST_READ = 1_000;

  private RequestFields() {}

  /** Checks a text that must be neither missing nor blank. */
  static String needed(String field, String value) {
    if (value == null || value.isBlank()) {
      throw ProblemException.of(400, field + " is required");
    }
    return value;
  }

  /** Returns the name of a person on one line; empty if the name has no visible character. */
  static Optional<String> name(String field, Optional<String> value) {
    Optional<String> name =
        value.map(typed -> ShownText.line(typed, MOST_READ)).filter(line -> !line.isEmpty());
    if (name.filter(line -> line.length() > LONGEST_NAME).isPresent()) {
      throw ProblemException.of(
          400, field + " must not be longer than " + LONGEST_NAME + " characters");
    }
    return name;
  }

  /** Checks the content of a text message. */
  static String sendable(String text) {
    needed("text", text);
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
    return text;
  }

  /** Returns the id of a conversation. */
  static UUID uuid(String conversationId) {
    try {
      UUID id = UUID.fromString(conversationId);
      // The parser also accepts shortened groups, which LibreChat does not.
      if (id.toString().equals(conversationId.toLowerCase(Locale.ROOT))) {
        return id;
      }
    } catch (IllegalArgumentException malformed) {
      // answered below
    }
    throw ProblemException.of(400, "The conversation id must be a UUID");
  }
}
