package chat.switchboard.media;

import chat.switchboard.media.ByteSource.Malformed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * Walks through the chunks of a PNG. EXIF is cleaned; text chunks for XMP and for metadata of other
 * formats become empty comments of the same length; the file ends behind its last chunk.
 */
final class PngWalk {

  private static final int MAX_CHUNKS = 100_000;

  private static final Pattern METADATA =
      Pattern.compile("(?i).*(?:xmp|exif|iptc|gps|geo|location|latitude|longitude|raw profile).*");

  private PngWalk() {}

  static Cleaning walk(ByteSource file) {
    Cleaning cleaning = new Cleaning(file.size());
    long at = 8;
    for (int chunks = 0; chunks < MAX_CHUNKS; chunks++) {
      if (at == file.size()) {
        // The end was lost on the way; browsers show what is there.
        return cleaning;
      }
      long length = file.u32be(at);
      String type = file.text(at + 4, 4);
      long next = at + 12 + length;
      if (length > Integer.MAX_VALUE || !type.matches("[A-Za-z]{4}")) {
        throw new Malformed("No chunk");
      }
      if (next > file.size()) {
        if (type.equals("IDAT")) {
          return cleaning;
        }
        throw new Malformed("A chunk is cut off");
      }
      chunk(file, cleaning, at, type, length);
      if (type.equals("IEND")) {
        cleaning.cutAt(next);
        return cleaning;
      }
      at = next;
    }
    throw new Malformed("Too many chunks");
  }

  private static void chunk(ByteSource file, Cleaning cleaning, long at, String type, long length) {
    switch (type) {
      case "IHDR" -> {
        if (length == 13) {
          cleaning.size(file.u32be(at + 8), file.u32be(at + 12));
        }
      }
      case "eXIf" -> {
        byte[] bytes = metadata(file, at + 8, length);
        byte[] before = bytes.clone();
        ExifCleaner.clean(bytes, 0, bytes.length).orientation().ifPresent(cleaning::orientation);
        if (!Arrays.equals(before, bytes)) {
          cleaning.overwrite(at + 4, withChecksum("eXIf", bytes));
        }
      }
      case "tEXt", "zTXt", "iTXt" -> {
        if (METADATA.matcher(keyword(file, at + 8, length)).matches()) {
          if (length > Cleaning.MAX_METADATA || length < 8) {
            throw new Malformed("Metadata of another size");
          }
          byte[] empty = Xmp.spaces((int) length);
          System.arraycopy("Comment\0".getBytes(StandardCharsets.ISO_8859_1), 0, empty, 0, 8);
          cleaning.overwrite(at + 4, withChecksum("tEXt", empty));
        }
      }
      default -> {}
    }
  }

  private static byte[] metadata(ByteSource file, long at, long length) {
    if (length > Cleaning.MAX_METADATA) {
      throw new Malformed("Metadata of more than 1 MiB");
    }
    return file.read(at, (int) length);
  }

  private static String keyword(ByteSource file, long at, long length) {
    String start = file.text(at, (int) Math.min(80, length));
    int end = start.indexOf('\0');
    return end < 0 ? start : start.substring(0, end);
  }

  private static byte[] withChecksum(String type, byte[] data) {
    ByteBuffer chunk = ByteBuffer.allocate(data.length + 8);
    chunk.put(type.getBytes(StandardCharsets.ISO_8859_1)).put(data);
    CRC32 checksum = new CRC32();
    checksum.update(chunk.array(), 0, data.length + 4);
    return chunk.putInt((int) checksum.getValue()).array();
  }
}
