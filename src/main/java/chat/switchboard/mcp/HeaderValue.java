package chat.switchboard.mcp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * The value of a header that LibreChat fills in from a placeholder of its configuration. LibreChat
 * sends characters above U+00FF as {@code b64:} and base64 of UTF-8, and a placeholder without a
 * value as it is written ({@code {{LIBRECHAT_USER_ID}}}).
 */
sealed interface HeaderValue {

  /** The longest value as sent, in characters: an e-mail address has at most 254. */
  int LONGEST = 512;

  String ENCODED = "b64:";

  /** What programs write for a missing value, and LibreChat's word for an unsaved conversation. */
  Set<String> EMPTY_WORDS = Set.of("null", "undefined", "new");

  /** There is no value. */
  record Missing() implements HeaderValue {}

  /** A placeholder that LibreChat did not fill in. */
  record Placeholder() implements HeaderValue {}

  /** The value cannot be read: too long, sent twice, or not base64 of UTF-8. */
  record Malformed() implements HeaderValue {}

  /** The value. */
  record Present(String value) implements HeaderValue {}

  static HeaderValue of(List<String> sent) {
    if (sent.isEmpty()) {
      return new Missing();
    }
    if (sent.size() > 1 || sent.get(0).length() > LONGEST) {
      return new Malformed();
    }
    String value = sent.get(0).strip();
    if (value.startsWith(ENCODED)) {
      try {
        value = decode(value.substring(ENCODED.length()).strip()).strip();
      } catch (IllegalArgumentException | CharacterCodingException unreadable) {
        return new Malformed();
      }
    }
    if (value.contains("{{") || value.contains("}}") || value.contains("${")) {
      return new Placeholder();
    }
    if (value.isEmpty() || EMPTY_WORDS.contains(value)) {
      return new Missing();
    }
    return value.chars().anyMatch(Character::isISOControl) ? new Malformed() : new Present(value);
  }

  private static String decode(String base64) throws CharacterCodingException {
    byte[] bytes = Base64.getDecoder().decode(base64);
    // A new decoder reports malformed bytes; new String would replace them.
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
