package chat.switchboard.media;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * XMP packets: one that may name a place is overwritten whole, since its XML can spell a name in
 * many ways.
 */
final class Xmp {

  private static final Pattern PLACE =
      Pattern.compile("(?i)gps|geo|location|latitude|longitude|city|country|state|&#");

  private Xmp() {}

  /** Whether the packet may name a place; UTF-8, UTF-16 and UTF-32 are read alike. */
  static boolean mayNamePlace(byte[] packet) {
    String text = new String(packet, StandardCharsets.ISO_8859_1).replace("\0", "");
    return PLACE.matcher(text).find();
  }

  static byte[] spaces(int length) {
    byte[] spaces = new byte[length];
    Arrays.fill(spaces, (byte) ' ');
    return spaces;
  }
}
