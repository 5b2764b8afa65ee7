package chat.switchboard.media;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a file by their positions. A position outside the file is a {@link Malformed}: the
 * structure of the file names bytes that are not there. Not for several threads.
 */
abstract class ByteSource {

  private static final int PAGE = 64 * 1024;

  private byte[] page = new byte[0];
  private long pageStart;

  /** A structure that its own format does not allow. */
  static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Malformed(String cause) {
      super(cause, null, false, false);
    }
  }

  static ByteSource of(byte[] bytes) {
    return new ByteSource() {
      @Override
      long size() {
        return bytes.length;
      }

      @Override
      void load(long offset, ByteBuffer into) {
        into.put(bytes, (int) offset, into.remaining());
      }
    };
  }

  static ByteSource of(FileChannel file) {
    try {
      long size = file.size();
      return new ByteSource() {
        @Override
        long size() {
          return size;
        }

        @Override
        void load(long offset, ByteBuffer into) throws IOException {
          long at = offset;
          while (into.hasRemaining()) {
            int read = file.read(into, at);
            if (read < 0) {
              throw new IOException("The file became shorter");
            }
            at += read;
          }
        }
      };
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  abstract long size();

  /** Fills the buffer from this position; all its bytes are there. */
  abstract void load(long offset, ByteBuffer into) throws IOException;

  final int u8(long offset) {
    if (offset < 0 || offset >= size()) {
      throw new Malformed("The file ends early");
    }
    if (offset < pageStart || offset >= pageStart + page.length) {
      page = read(offset, (int) Math.min(PAGE, size() - offset));
      pageStart = offset;
    }
    return page[(int) (offset - pageStart)] & 0xFF;
  }

  final int u16be(long offset) {
    return u8(offset) << 8 | u8(offset + 1);
  }

  final int u16le(long offset) {
    return u8(offset) | u8(offset + 1) << 8;
  }

  final int u24le(long offset) {
    return u16le(offset) | u8(offset + 2) << 16;
  }

  final long u32be(long offset) {
    return (long) u16be(offset) << 16 | u16be(offset + 2);
  }

  final long u32le(long offset) {
    return (long) u16le(offset + 2) << 16 | u16le(offset);
  }

  final long u64be(long offset) {
    return u32be(offset) << 32 | u32be(offset + 4);
  }

  /** ISO 8859-1. */
  final String text(long offset, int length) {
    return new String(read(offset, length), StandardCharsets.ISO_8859_1);
  }

  final boolean has(long offset, String text) {
    return offset >= 0
        && offset + text.length() <= size()
        && text(offset, text.length()).equals(text);
  }

  /** These bytes, all of them. */
  final byte[] read(long offset, int length) {
    if (offset < 0 || length < 0 || offset > size() - length) {
      throw new Malformed("The file ends early");
    }
    ByteBuffer into = ByteBuffer.allocate(length);
    try {
      load(offset, into);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return into.array();
  }

  /** At most so many bytes from the start. */
  final byte[] head(int most) {
    return read(0, (int) Math.min(most, size()));
  }

  /** At most so many bytes before the end. */
  final byte[] tail(int most) {
    int length = (int) Math.min(most, size());
    return read(size() - length, length);
  }
}
