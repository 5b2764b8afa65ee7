package chat.switchboard.media;

import chat.switchboard.media.ByteSource.Malformed;
import java.util.Arrays;

/**
 * Walks through the segments of a JPEG. EXIF is cleaned, XMP that may name a place and IPTC data
 * are overwritten, and the file ends where the first picture ends: phones put further pictures and
 * films behind, each with a location of its own.
 */
final class JpegWalk {

  private static final int APP1 = 0xE1;
  private static final int APP13 = 0xED;
  private static final int SCAN = 0xDA;
  private static final int END = 0xD9;
  private static final int MAX_SEGMENTS = 20_000;
  private static final String EXIF = "Exif\0";
  private static final String XMP = "http://ns.adobe.com/xap/1.0/\0";
  private static final String MORE_XMP = "http://ns.adobe.com/xmp/extension/\0";

  private final ByteSource file;
  private final Cleaning cleaning;

  private JpegWalk(ByteSource file) {
    this.file = file;
    this.cleaning = new Cleaning(file.size());
  }

  static Cleaning walk(ByteSource file) {
    JpegWalk walk = new JpegWalk(file);
    walk.run();
    return walk.cleaning;
  }

  private void run() {
    long at = 2;
    for (int segments = 0; segments < MAX_SEGMENTS; segments++) {
      if (at >= file.size()) {
        return;
      }
      if (file.u8(at) != 0xFF) {
        throw new Malformed("No marker");
      }
      while (at + 1 < file.size() && file.u8(at + 1) == 0xFF) {
        at++;
      }
      int marker = file.u8(at + 1);
      if (marker == END) {
        cleaning.cutAt(at + 2);
        return;
      }
      if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
        at += 2;
        continue;
      }
      int length = file.u16be(at + 2);
      if (length < 2) {
        throw new Malformed("A segment without length");
      }
      segment(marker, at + 4, length - 2);
      at += 2L + length;
      if (marker == SCAN) {
        at = endOfScan(at);
      }
    }
    throw new Malformed("Too many segments");
  }

  /** The position of the next marker that is no part of the scan; the size if there is none. */
  private long endOfScan(long from) {
    for (long at = from; at + 1 < file.size(); at++) {
      if (file.u8(at) == 0xFF) {
        int next = file.u8(at + 1);
        if (next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7)) {
          return at;
        }
      }
    }
    return file.size();
  }

  private void segment(int marker, long at, int length) {
    boolean isFrame =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (isFrame && length >= 5) {
      cleaning.size(file.u16be(at + 3), file.u16be(at + 1));
      return;
    }
    if (marker != APP1 && marker != APP13) {
      return;
    }
    byte[] bytes = file.read(at, length);
    if (marker == APP13) {
      // IPTC names cities and countries.
      cleaning.overwrite(at, new byte[length]);
      return;
    }
    if (file.has(at, EXIF) && length >= 6) {
      byte[] before = bytes.clone();
      ExifCleaner.Cleaned cleaned = ExifCleaner.clean(bytes, 6, length - 6);
      cleaned.orientation().ifPresent(cleaning::orientation);
      if (!Arrays.equals(before, bytes)) {
        cleaning.overwrite(at, bytes);
      }
    } else if (file.has(at, MORE_XMP) || (file.has(at, XMP) && Xmp.mayNamePlace(bytes))) {
      cleaning.overwrite(at, new byte[length]);
    }
  }
}
