package chat.switchboard.media;

import chat.switchboard.media.ByteSource.Malformed;

/** Walks through the blocks of a GIF. An XMP extension is emptied; the file ends at its trailer. */
final class GifWalk {

  private static final int MAX_BLOCKS = 200_000;
  private static final String XMP = "XMP DataXMP";

  private final ByteSource file;
  private final Cleaning cleaning;
  private int blocks;

  private GifWalk(ByteSource file) {
    this.file = file;
    this.cleaning = new Cleaning(file.size());
  }

  static Cleaning walk(ByteSource file) {
    GifWalk walk = new GifWalk(file);
    walk.run();
    return walk.cleaning;
  }

  private void run() {
    cleaning.size(file.u16le(6), file.u16le(8));
    long at = 13 + colours(file.u8(10));
    while (at < file.size()) {
      count();
      switch (file.u8(at)) {
        case 0x3B -> {
          cleaning.cutAt(at + 1);
          return;
        }
        case 0x2C -> at = subBlocks(at + 10 + colours(file.u8(at + 9)) + 1);
        case 0x21 -> at = extension(at);
        default -> throw new Malformed("No block");
      }
    }
  }

  private long extension(long at) {
    if (file.u8(at + 1) == 0xFF && file.u8(at + 2) == 11 && file.has(at + 3, XMP)) {
      long end = subBlocks(at + 14);
      long length = end - 1 - (at + 14);
      if (length > Cleaning.MAX_METADATA) {
        throw new Malformed("Metadata of more than 1 MiB");
      }
      cleaning.overwrite(
          at + 3, "           ".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      cleaning.overwrite(at + 14, emptyBlocks((int) length));
      return end;
    }
    return subBlocks(at + 2);
  }

  /** Sub-blocks of zeros that fill exactly this length; each has at least one byte of data. */
  private static byte[] emptyBlocks(int length) {
    byte[] blocks = new byte[length];
    int at = 0;
    while (at < length) {
      int rest = length - at - 1;
      int size = Math.min(255, rest);
      if (rest - size == 1) {
        size--;
      }
      blocks[at] = (byte) size;
      at += 1 + size;
    }
    return blocks;
  }

  private static long colours(int flags) {
    return (flags & 0x80) == 0 ? 0 : 3L << ((flags & 7) + 1);
  }

  /** The position behind the block of length 0 that ends the sub-blocks. */
  private long subBlocks(long from) {
    long at = from;
    while (true) {
      count();
      int length = file.u8(at);
      at += 1 + length;
      if (length == 0) {
        return at;
      }
    }
  }

  private void count() {
    if (++blocks > MAX_BLOCKS) {
      throw new Malformed("Too many blocks");
    }
  }
}
