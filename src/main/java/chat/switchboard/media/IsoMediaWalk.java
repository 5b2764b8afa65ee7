package chat.switchboard.media;

import chat.switchboard.media.ByteSource.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Walks through the boxes of ISO base media files: HEIC and AVIF pictures, MP4, QuickTime and 3GPP
 * films. The EXIF item of a picture is cleaned, and its XMP is overwritten where it may name a
 * place. In films the boxes for a location become free space. Where a structure is unusual the file
 * is left as it is, with {@link Cleaning.Location#UNKNOWN}.
 *
 * @see <a href="https://www.iso.org/standard/83102.html">ISO/IEC 14496-12</a>
 * @see <a href="https://www.iso.org/standard/83650.html">ISO/IEC 23008-12 (HEIF)</a>
 */
final class IsoMediaWalk {

  private static final int MAX_BOXES = 20_000;
  private static final int MAX_DEPTH = 8;
  private static final String COPYRIGHT_XYZ = "\u00A9xyz";

  private final ByteSource file;
  private final Cleaning cleaning;
  private int boxes;
  private boolean isUnusual;

  private IsoMediaWalk(ByteSource file) {
    this.file = file;
    this.cleaning = new Cleaning(file.size());
  }

  private record Box(String type, long start, long data, long end) {}

  private interface Visitor {
    void visit(Box box);
  }

  static Cleaning picture(ByteSource file) {
    IsoMediaWalk walk = new IsoMediaWalk(file);
    Items items = walk.new Items();
    walk.each(
        0,
        file.size(),
        box -> {
          if (box.type.equals("meta")) {
            items.read(box);
          }
        });
    items.clean();
    return walk.result();
  }

  static Cleaning film(ByteSource file) {
    IsoMediaWalk walk = new IsoMediaWalk(file);
    walk.each(
        0,
        file.size(),
        box -> {
          if (box.type.equals("moov") || box.type.equals("meta") || box.type.equals("udta")) {
            walk.descend(box, 0);
          } else if (box.type.equals("uuid")) {
            walk.uuid(box);
          }
        });
    return walk.result();
  }

  private Cleaning result() {
    return isUnusual ? Cleaning.unknown(file.size()) : cleaning;
  }

  private void each(long from, long to, Visitor visitor) {
    long at = from;
    while (at + 8 <= to) {
      if (++boxes > MAX_BOXES) {
        throw new Malformed("Too many boxes");
      }
      long size = file.u32be(at);
      long header = 8;
      if (size == 1) {
        size = file.u64be(at + 8);
        header = 16;
      } else if (size == 0) {
        size = to - at;
      }
      if (size < header || size > to - at) {
        throw new Malformed("A box of a wrong size");
      }
      visitor.visit(new Box(file.text(at + 4, 4), at, at + header, at + size));
      at += size;
    }
  }

  private void descend(Box parent, int depth) {
    if (depth > MAX_DEPTH) {
      throw new Malformed("Boxes too deep");
    }
    long from = parent.data;
    if (parent.type.equals("meta")) {
      // A full box in MP4, a plain box in QuickTime.
      from += file.has(from + 4, "hdlr") ? 0 : 4;
      if (namesLocation(parent)) {
        free(parent);
        return;
      }
    }
    each(
        from,
        // QuickTime ends user data by four zero bytes.
        parent.end,
        box -> {
          switch (box.type) {
            case COPYRIGHT_XYZ, "loci" -> free(box);
            case "trak", "udta", "meta" -> descend(box, depth + 1);
            case "uuid", "XMP_" -> uuid(box);
            default -> {}
          }
        });
  }

  private boolean namesLocation(Box meta) {
    long length = meta.end - meta.data;
    if (length > Cleaning.MAX_METADATA) {
      throw new Malformed("Metadata of more than 1 MiB");
    }
    String text = file.text(meta.data, (int) length);
    return text.contains("location") || text.contains(COPYRIGHT_XYZ) || text.contains("GPS");
  }

  private void uuid(Box box) {
    byte[] content = metadata(box.data, box.end - box.data);
    if (Xmp.mayNamePlace(content)) {
      free(box);
    }
  }

  /** The box becomes free space of the same size. */
  private void free(Box box) {
    metadata(box.data, box.end - box.data);
    cleaning.overwrite(box.start + 4, "free".getBytes(StandardCharsets.US_ASCII));
    cleaning.overwrite(box.data, new byte[(int) (box.end - box.data)]);
  }

  private byte[] metadata(long at, long length) {
    if (length > Cleaning.MAX_METADATA) {
      throw new Malformed("Metadata of more than 1 MiB");
    }
    return file.read(at, (int) length);
  }

  /** The items of a picture and where their bytes are. */
  private final class Items {

    private final Map<Long, String> types = new HashMap<>();
    private final Map<Long, long[]> extents = new HashMap<>();
    private long dataBox = -1;

    void read(Box meta) {
      each(
          meta.data + 4,
          meta.end,
          box -> {
            switch (box.type) {
              case "iinf" -> infos(box);
              case "iloc" -> locations(box);
              case "idat" -> dataBox = box.data;
              case "iprp" -> each(box.data, box.end, this::properties);
              default -> {}
            }
          });
    }

    private void properties(Box container) {
      if (container.type.equals("ipco")) {
        each(
            container.data,
            container.end,
            box -> {
              if (box.type.equals("ispe")) {
                long width = file.u32be(box.data + 4);
                long height = file.u32be(box.data + 8);
                // Tiles and thumbnails have sizes too; the whole picture has the largest.
                if (width > cleaning.shownWidth()) {
                  cleaning.size(width, height);
                }
              }
            });
      }
    }

    private void infos(Box box) {
      int version = file.u8(box.data);
      each(
          box.data + (version == 0 ? 6 : 8),
          box.end,
          info -> {
            int entryVersion = file.u8(info.data);
            if (entryVersion < 2) {
              isUnusual = true;
              return;
            }
            boolean isWide = entryVersion > 2;
            long id = isWide ? file.u32be(info.data + 4) : file.u16be(info.data + 4);
            types.put(id, file.text(info.data + (isWide ? 10 : 8), 4));
          });
    }

    private void locations(Box box) {
      int version = file.u8(box.data);
      if (version > 2) {
        isUnusual = true;
        return;
      }
      int sizes = file.u16be(box.data + 4);
      int offsetSize = sizes >> 12;
      int lengthSize = sizes >> 8 & 15;
      int baseSize = sizes >> 4 & 15;
      int indexSize = version == 0 ? 0 : sizes & 15;
      long at = box.data + 6;
      long count = version < 2 ? file.u16be(at) : file.u32be(at);
      at += version < 2 ? 2 : 4;
      for (long i = 0; i < count; i++) {
        if (++boxes > MAX_BOXES) {
          throw new Malformed("Too many items");
        }
        long id = version < 2 ? file.u16be(at) : file.u32be(at);
        at += version < 2 ? 2 : 4;
        int method = version == 0 ? 0 : file.u16be(at) & 15;
        at += version == 0 ? 2 : 4;
        long base = number(at, baseSize);
        at += baseSize;
        int parts = file.u16be(at);
        at += 2;
        for (int part = 0; part < parts; part++) {
          if (++boxes > MAX_BOXES) {
            throw new Malformed("Too many extents");
          }
          at += indexSize;
          long offset = number(at, offsetSize);
          at += offsetSize;
          long length = number(at, lengthSize);
          at += lengthSize;
          extents.put(id, new long[] {method, base + offset, length, parts});
        }
      }
    }

    private long number(long at, int size) {
      return switch (size) {
        case 0 -> 0;
        case 4 -> file.u32be(at);
        case 8 -> file.u64be(at);
        default -> throw new Malformed("A number of an unknown size");
      };
    }

    void clean() {
      types.forEach(
          (id, type) -> {
            if (type.equals("Exif") || type.equals("mime")) {
              clean(type, extents.get(id));
            }
          });
    }

    private void clean(String type, long[] extent) {
      if (extent == null || extent[3] != 1 || extent[0] > 1 || (extent[0] == 1 && dataBox < 0)) {
        isUnusual = true;
        return;
      }
      long at = extent[0] == 1 ? dataBox + extent[1] : extent[1];
      byte[] bytes = metadata(at, extent[2]);
      if (type.equals("mime")) {
        if (Xmp.mayNamePlace(bytes)) {
          cleaning.overwrite(at, Xmp.spaces(bytes.length));
        }
        return;
      }
      byte[] before = bytes.clone();
      long skipped = bytes.length < 4 ? -1 : file.u32be(at);
      if (skipped < 0 || skipped > bytes.length - 4) {
        isUnusual = true;
        return;
      }
      int start = (int) (4 + skipped);
      // HEIF turns a picture by a property of its own, so the orientation here has no effect.
      ExifCleaner.clean(bytes, start, bytes.length - start);
      if (!Arrays.equals(before, bytes)) {
        cleaning.overwrite(at, bytes);
      }
    }
  }
}
