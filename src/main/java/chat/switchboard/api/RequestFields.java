package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import chat.switchboard.text.Sendable;
import chat.switchboard.text.ShownText;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules for single fields that several requests have. */
final class RequestFields {

  /** The longest name of a person: a sender or a label, in UTF-16 code units. */
  static final int LONGEST_NAME = 100;

  /** The canonical form of a UUID. */
  static final String UUID_FORM = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";

  /** Checks a time with its offset, in the digits of ASCII; the seconds may be missing. */
  static final String TIME_FORM =
      "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?)?"
          + "([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";

  private static final Pattern TIME =
      Pattern.compile(
          "(?<local>[0-9-]{10}[Tt][0-9:.]+)([Zz]|(?<sign>[+-])(?<hours>..):(?<minutes>..))");

  /** Checks the content of a text: not blank, and without NUL. */
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

  /**
   * Returns the moment that a time with its offset names: the form of RFC 3339, with offsets up to
   * 23:59 (Java's own parser accepts offsets up to 18:00), and ISO 8601 without seconds.
   *
   * @return empty if the value is no such time
   */
  static Optional<Instant> moment(String typed) {
    Matcher time = TIME.matcher(typed);
    if (!typed.matches(TIME_FORM) || !time.matches()) {
      return Optional.empty();
    }
    int sign = "-".equals(time.group("sign")) ? 1 : -1;
    try {
      return Optional.of(
          LocalDateTime.parse(time.group("local").toUpperCase(Locale.ROOT))
              .plusHours(sign * number(time.group("hours")))
              .plusMinutes(sign * number(time.group("minutes")))
              .toInstant(ZoneOffset.UTC));
    } catch (DateTimeException notInTheCalendar) {
      return Optional.empty();
    }
  }

  private static long number(String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  /**
   * The same for a field of a body.
   *
   * @throws ProblemException 400 if the value is no such time
   */
  static Instant time(String field, String typed) {
    return moment(typed)
        .orElseThrow(
            () ->
                ProblemException.of(
                    400,
                    field
                        + " must be a time with its offset from UTC in the form of ISO 8601, such as "
                        + "2026-12-24T18:00:00+01:00 or 2026-12-24T17:00:00Z"));
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
