package chat.switchboard.media;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the media type that a header or a webhook's field declares. */
final class DeclaredType {

  private static final int MAX_LENGTH = 256;

  private static final Pattern TYPE =
      Pattern.compile(
          "\\s*([A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,127})\\s*(?:;.*)?");

  private DeclaredType() {}

  /** The type without parameters, in lower case; empty if it is missing or malformed. */
  static Optional<String> of(String header) {
    if (header == null || header.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    Matcher type = TYPE.matcher(header);
    return type.matches() ? Optional.of(type.group(1).toLowerCase(Locale.ROOT)) : Optional.empty();
  }
}
