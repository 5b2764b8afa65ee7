package chat.switchboard.hooks;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** The text form of a signature in a header. */
enum Encoding {
  /** Digits of either case: two spellings of one signature authenticate the same bytes. */
  HEX,
  /** RFC 4648 section 4, with or without padding. */
  BASE64,
  /** RFC 4648 section 5, with or without padding. */
  BASE64URL;

  /** The bytes, or empty if the text is not in this form. */
  Optional<byte[]> decode(String text) {
    try {
      return Optional.of(
          switch (this) {
            case HEX -> HexFormat.of().parseHex(text);
            case BASE64 -> Base64.getDecoder().decode(text);
            case BASE64URL -> Base64.getUrlDecoder().decode(text);
          });
    } catch (IllegalArgumentException otherForm) {
      return Optional.empty();
    }
  }

  /** The text form of these bytes. */
  String encode(byte[] bytes) {
    return switch (this) {
      case HEX -> HexFormat.of().formatHex(bytes);
      case BASE64 -> Base64.getEncoder().encodeToString(bytes);
      case BASE64URL -> Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    };
  }
}
