package chat.switchboard.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Takes the location out of EXIF data, in place: the pointer to the GPS directory leaves its
 * directory, and the GPS directory and its values are overwritten. Everything else stays, the
 * orientation above all. Data that breaks the rules of TIFF are replaced by a directory with the
 * orientation alone.
 *
 * @see <a href="https://www.cipa.jp/std/documents/download_e.html?DC-008-Translation-2023-E">CIPA
 *     DC-008: Exif 3.0</a>
 */
final class ExifCleaner {

  private static final int ORIENTATION = 0x0112;
  private static final int SUB_DIRECTORIES = 0x014A;
  private static final int EXIF_DIRECTORY = 0x8769;
  private static final int GPS_DIRECTORY = 0x8825;
  private static final int INTEROPERABILITY_DIRECTORY = 0xA005;

  private static final int ENTRY = 12;
  private static final int MAX_DIRECTORIES = 32;
  private static final int MAX_ENTRIES = 1_000;

  /** Bytes of a value by its type; 0 for an unknown type. */
  private static final int[] SIZES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

  private final ByteBuffer tiff;
  private final Set<Integer> visited = new HashSet<>();
  private boolean hadLocation;
  private int orientation;

  private ExifCleaner(byte[] bytes, int start, int length) {
    this.tiff = ByteBuffer.wrap(bytes, start, length).slice();
  }

  /**
   * The result of cleaning.
   *
   * @param hadLocation whether a location was there, or the data were unreadable and may have had
   *     one
   * @param orientation 1 to 8; empty if the data name none
   */
  record Cleaned(boolean hadLocation, OptionalInt orientation) {}

  /**
   * Cleans EXIF data.
   *
   * @param bytes changed in place
   * @param start of the TIFF header
   */
  static Cleaned clean(byte[] bytes, int start, int length) {
    ExifCleaner cleaner = new ExifCleaner(bytes, start, length);
    try {
      cleaner.run();
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | java.nio.BufferUnderflowException malformed) {
      cleaner.replace();
      cleaner.hadLocation = true;
    }
    return new Cleaned(
        cleaner.hadLocation,
        cleaner.orientation == 0 ? OptionalInt.empty() : OptionalInt.of(cleaner.orientation));
  }

  private void run() {
    tiff.order(
        switch (tiff.getShort(0)) {
          case 0x4949 -> ByteOrder.LITTLE_ENDIAN;
          case 0x4D4D -> ByteOrder.BIG_ENDIAN;
          default -> throw new IllegalArgumentException("No byte order");
        });
    if (tiff.getShort(2) != 42) {
      throw new IllegalArgumentException("No TIFF header");
    }
    int next = tiff.getInt(4);
    boolean isFirst = true;
    while (next != 0) {
      next = directory(next, isFirst);
      isFirst = false;
    }
  }

  /** Cleans one directory and what it points to; returns the position of the next one. */
  private int directory(int at, boolean isFirst) {
    if (!visited.add(at) || visited.size() > MAX_DIRECTORIES) {
      throw new IllegalArgumentException("A circle, or too many directories");
    }
    int count = Short.toUnsignedInt(tiff.getShort(at));
    if (count > MAX_ENTRIES) {
      throw new IllegalArgumentException("Too many entries");
    }
    int next = tiff.getInt(at + 2 + count * ENTRY);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int entry = at + 2 + i * ENTRY;
      int tag = Short.toUnsignedInt(tiff.getShort(entry));
      if (tag == GPS_DIRECTORY) {
        hadLocation = true;
        eraseGps(tiff.getInt(entry + 8));
        continue;
      }
      if (tag == ORIENTATION && isFirst) {
        int value = Short.toUnsignedInt(tiff.getShort(entry + 8));
        orientation = value >= 1 && value <= 8 ? value : 0;
      } else if (tag == EXIF_DIRECTORY || tag == INTEROPERABILITY_DIRECTORY) {
        directory(tiff.getInt(entry + 8), false);
      } else if (tag == SUB_DIRECTORIES) {
        subDirectories(entry);
      }
      move(entry, at + 2 + kept * ENTRY, ENTRY);
      kept++;
    }
    if (kept < count) {
      tiff.putShort(at, (short) kept);
      tiff.putInt(at + 2 + kept * ENTRY, next);
      erase(at + 2 + kept * ENTRY + 4, (count - kept) * ENTRY);
    }
    return next;
  }

  private void subDirectories(int entry) {
    int count = tiff.getInt(entry + 4);
    if (count < 0 || count > MAX_DIRECTORIES) {
      throw new IllegalArgumentException("Too many directories");
    }
    int list = count == 1 ? entry + 8 : tiff.getInt(entry + 8);
    for (int i = 0; i < count; i++) {
      directory(tiff.getInt(list + 4 * i), false);
    }
  }

  private void eraseGps(int at) {
    // The values of two pointers to one directory are gone already.
    if (!visited.add(at)) {
      return;
    }
    int count = Short.toUnsignedInt(tiff.getShort(at));
    if (count > MAX_ENTRIES) {
      throw new IllegalArgumentException("Too many entries");
    }
    for (int i = 0; i < count; i++) {
      int entry = at + 2 + i * ENTRY;
      int type = Short.toUnsignedInt(tiff.getShort(entry + 2));
      long size =
          (type < SIZES.length ? SIZES[type] : 0) * Integer.toUnsignedLong(tiff.getInt(entry + 4));
      if (size > 4) {
        int value = tiff.getInt(entry + 8);
        if (value < 8 || size > tiff.capacity() - value) {
          throw new IllegalArgumentException("A value outside");
        }
        erase(value, (int) size);
      }
    }
    erase(at, 2 + count * ENTRY);
  }

  private void move(int from, int to, int length) {
    if (from != to) {
      for (int i = 0; i < length; i++) {
        tiff.put(to + i, tiff.get(from + i));
      }
    }
  }

  private void erase(int at, int length) {
    for (int i = 0; i < length; i++) {
      tiff.put(at + i, (byte) 0);
    }
  }

  /** A TIFF header and one directory with the orientation, the rest zeros. */
  private void replace() {
    ByteBuffer small = ByteBuffer.allocate(26).order(ByteOrder.BIG_ENDIAN);
    small.putShort((short) 0x4D4D).putShort((short) 42).putInt(8);
    if (orientation == 0) {
      small.putShort((short) 0).putInt(0);
    } else {
      small.putShort((short) 1).putShort((short) ORIENTATION).putShort((short) 3).putInt(1);
      small.putShort((short) orientation).putShort((short) 0).putInt(0);
    }
    byte[] bytes = Arrays.copyOf(small.array(), tiff.capacity());
    tiff.put(0, bytes);
  }
}
