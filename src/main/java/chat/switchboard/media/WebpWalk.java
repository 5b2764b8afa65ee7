package chat.switchboard.media;

import chat.switchboard.media.ByteSource.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks through the chunks of a WebP. EXIF is cleaned; XMP that may name a place becomes a chunk of
 * an unknown type, which readers skip; the file ends where its header says.
 *
 * @see <a href="https://developers.google.com/speed/webp/docs/riff_container">WebP Container
 *     Specification</a>
 */
final class WebpWalk {

  private static final int MAX_CHUNKS = 100_000;
  private static final int XMP_FLAG = 0x04;

  private WebpWalk() {}

  static Cleaning walk(ByteSource file) {
    Cleaning cleaning = new Cleaning(file.size());
    long end = 8 + file.u32le(4);
    cleaning.cutAt(end + (end & 1));
    long flagsAt = -1;
    boolean isXmpGone = false;
    long at = 12;
    for (int chunks = 0; at + 8 <= Math.min(end, file.size()); chunks++) {
      if (chunks == MAX_CHUNKS) {
        throw new Malformed("Too many chunks");
      }
      String type = file.text(at, 4);
      long length = file.u32le(at + 4);
      long data = at + 8;
      switch (type) {
        case "VP8X" -> {
          flagsAt = data;
          cleaning.size(file.u24le(data + 4) + 1L, file.u24le(data + 7) + 1L);
        }
        case "VP8 " -> {
          if (cleaning.shownWidth() == 0) {
            cleaning.size(file.u16le(data + 6) & 0x3FFF, file.u16le(data + 8) & 0x3FFF);
          }
        }
        case "VP8L" -> {
          if (cleaning.shownWidth() == 0) {
            long bits = file.u32le(data + 1);
            cleaning.size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
          }
        }
        case "EXIF" -> exif(file, cleaning, data, length);
        case "XMP " -> {
          byte[] packet = metadata(file, data, length);
          if (Xmp.mayNamePlace(packet)) {
            byte[] unknown = new byte[packet.length + 8];
            System.arraycopy(file.read(at, 8), 0, unknown, 0, 8);
            System.arraycopy("JUNK".getBytes(StandardCharsets.US_ASCII), 0, unknown, 0, 4);
            cleaning.overwrite(at, unknown);
            isXmpGone = true;
          }
        }
        default -> {}
      }
      at = data + length + (length & 1);
    }
    if (isXmpGone && flagsAt >= 0) {
      cleaning.overwrite(flagsAt, new byte[] {(byte) (file.u8(flagsAt) & ~XMP_FLAG)});
    }
    return cleaning;
  }

  private static void exif(ByteSource file, Cleaning cleaning, long at, long length) {
    byte[] bytes = metadata(file, at, length);
    byte[] before = bytes.clone();
    // Many writers keep the header that EXIF has in JPEG.
    int header = file.has(at, "Exif\0\0") ? 6 : 0;
    ExifCleaner.clean(bytes, header, bytes.length - header)
        .orientation()
        .ifPresent(cleaning::orientation);
    if (!Arrays.equals(before, bytes)) {
      cleaning.overwrite(at, bytes);
    }
  }

  private static byte[] metadata(ByteSource file, long at, long length) {
    if (length > Cleaning.MAX_METADATA) {
      throw new Malformed("Metadata of more than 1 MiB");
    }
    return file.read(at, (int) length);
  }
}
