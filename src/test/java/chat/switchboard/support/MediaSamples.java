package chat.switchboard.support;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;

/** Files as phones and other senders make them, with locations where phones put them. */
public final class MediaSamples {

  /** Bytes of the latitude that a cleaned file must not have: 48° 51' 29.6". */
  public static final byte[] LATITUDE =
      ByteBuffer.allocate(24)
          .putInt(48)
          .putInt(1)
          .putInt(51)
          .putInt(1)
          .putInt(2960)
          .putInt(100)
          .array();

  public static final String XMP_LATITUDE = "48,51.4933N";

  private static final String XMP =
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:Description exif:GPSLatitude='"
          + XMP_LATITUDE
          + "'/></x:xmpmeta>";

  private MediaSamples() {}

  /** A picture of 40 × 30 pixels as Java writes it. */
  public static byte[] plain(String format) {
    BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 40; x++) {
      image.setRGB(x, x % 30, 0xFF8800 + x);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, bytes);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /** EXIF with orientation 6, a GPS directory behind it, and a thumbnail's directory. */
  public static byte[] exif(ByteOrder order) {
    ByteBuffer tiff = ByteBuffer.allocate(160).order(order);
    tiff.put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
    tiff.putShort((short) 42).putInt(8);
    tiff.putShort((short) 3);
    entry(tiff, 0x0112, 3, 1).putShort((short) 6).putShort((short) 0);
    entry(tiff, 0x8825, 4, 1).putInt(64);
    entry(tiff, 0x9999, 4, 1).putInt(7);
    tiff.putInt(50);
    tiff.position(50);
    tiff.putShort((short) 0).putInt(0);
    tiff.position(64);
    tiff.putShort((short) 2);
    entry(tiff, 1, 2, 2).put(new byte[] {'N', 0, 0, 0});
    entry(tiff, 2, 5, 3).putInt(100);
    tiff.putInt(0);
    tiff.position(100);
    tiff.put(LATITUDE);
    return tiff.array();
  }

  private static ByteBuffer entry(ByteBuffer tiff, int tag, int type, int count) {
    return tiff.putShort((short) tag).putShort((short) type).putInt(count);
  }

  /** A JPEG with EXIF, XMP and IPTC behind its start. */
  public static byte[] jpegWithLocation() {
    return jpegWith(
        segment(0xE1, concat("Exif\0\0", exif(ByteOrder.BIG_ENDIAN))),
        segment(0xE1, concat("http://ns.adobe.com/xap/1.0/\0", bytes(XMP))),
        segment(0xED, concat("Photoshop 3.0\0", bytes("8BIM\4\4Paris"))));
  }

  public static byte[] jpegWith(byte[]... segments) {
    byte[] plain = plain("jpeg");
    return concat(
        Arrays.copyOf(plain, 2), concat(segments), Arrays.copyOfRange(plain, 2, plain.length));
  }

  public static byte[] segment(int marker, byte[] data) {
    return ByteBuffer.allocate(data.length + 4)
        .put((byte) 0xFF)
        .put((byte) marker)
        .putShort((short) (data.length + 2))
        .put(data)
        .array();
  }

  /** A PNG with the three ways in which programs write a location. */
  public static byte[] pngWithLocation() {
    byte[] plain = plain("png");
    return concat(
        Arrays.copyOf(plain, 33),
        chunk("eXIf", exif(ByteOrder.LITTLE_ENDIAN)),
        chunk("iTXt", concat("XML:com.adobe.xmp\0\0\0\0\0", bytes(XMP))),
        chunk("tEXt", bytes("exif:GPSLatitude\0" + XMP_LATITUDE)),
        Arrays.copyOfRange(plain, 33, plain.length));
  }

  public static byte[] chunk(String type, byte[] data) {
    CRC32 checksum = new CRC32();
    checksum.update(concat(type, data));
    return ByteBuffer.allocate(data.length + 12)
        .putInt(data.length)
        .put(bytes(type))
        .put(data)
        .putInt((int) checksum.getValue())
        .array();
  }

  /** The container of a WebP with EXIF and XMP; its image data are none that a browser shows. */
  public static byte[] webpWithLocation() {
    byte[] body =
        concat(
            bytes("WEBP"),
            riff("VP8X", new byte[] {0x0C, 0, 0, 0, 39, 0, 0, 29, 0, 0}),
            riff("VP8L", new byte[] {0x2F, 0, 0, 0, 0}),
            riff("EXIF", exif(ByteOrder.LITTLE_ENDIAN)),
            riff("XMP ", bytes(XMP)));
    return concat(
        bytes("RIFF"),
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(body.length).array(),
        body);
  }

  private static byte[] riff(String type, byte[] data) {
    return concat(
        bytes(type),
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(data.length).array(),
        data,
        new byte[data.length & 1]);
  }

  /** The container of a HEIC with one EXIF item and one XMP item in its media data. */
  public static byte[] heicWithLocation(String brand) {
    byte[] exif = concat(new byte[] {0, 0, 0, 6}, concat("Exif\0\0", exif(ByteOrder.BIG_ENDIAN)));
    byte[] xmp = bytes(XMP);
    byte[] type = box("ftyp", concat(bytes(brand), new byte[4], bytes("mif1")));
    byte[] meta = heicMeta(0, exif.length, xmp.length);
    int dataAt = type.length + meta.length + 8;
    return concat(type, heicMeta(dataAt, exif.length, xmp.length), box("mdat", concat(exif, xmp)));
  }

  private static byte[] heicMeta(int dataAt, int exif, int xmp) {
    byte[] infos =
        concat(
            new byte[] {0, 0, 0, 0, 0, 2},
            box("infe", concat(new byte[] {2, 0, 0, 0, 0, 1, 0, 0}, bytes("Exif\0"))),
            box(
                "infe",
                concat(new byte[] {2, 0, 0, 0, 0, 2, 0, 0}, bytes("mime\0application/rdf+xml\0"))));
    ByteBuffer locations = ByteBuffer.allocate(4 + 2 + 2 + 2 * 14);
    locations.putInt(0).put((byte) 0x44).put((byte) 0).putShort((short) 2);
    locations
        .putShort((short) 1)
        .putShort((short) 0)
        .putShort((short) 1)
        .putInt(dataAt)
        .putInt(exif);
    locations
        .putShort((short) 2)
        .putShort((short) 0)
        .putShort((short) 1)
        .putInt(dataAt + exif)
        .putInt(xmp);
    byte[] size = box("ispe", new byte[] {0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0, 30});
    return box(
        "meta",
        concat(
            new byte[4],
            box("iinf", infos),
            box("iloc", locations.array()),
            box("iprp", box("ipco", size))));
  }

  /** The container of a film with a location as phones write it. */
  public static byte[] filmWithLocation(String brand) {
    byte[] place = concat(latin("\u00A9xyz"), bytes(""));
    byte[] xyz =
        box(new String(place, StandardCharsets.ISO_8859_1), bytes("\0\22\25\307" + XMP_LATITUDE));
    return concat(
        box("ftyp", concat(bytes(brand), new byte[4], bytes("isom"))),
        box("mdat", new byte[100]),
        box("moov", concat(box("mvhd", new byte[100]), box("udta", xyz))));
  }

  public static byte[] box(String type, byte[] data) {
    return concat(ByteBuffer.allocate(4).putInt(data.length + 8).array(), latin(type), data);
  }

  /** A GIF with an XMP extension. */
  public static byte[] gifWithLocation() {
    byte[] plain = plain("gif");
    byte[] trailer = new byte[258];
    trailer[0] = 1;
    for (int i = 0; i <= 255; i++) {
      trailer[i + 1] = (byte) (255 - i);
    }
    byte[] extension =
        concat(new byte[] {0x21, (byte) 0xFF, 11}, bytes("XMP DataXMP"), bytes(XMP), trailer);
    int end = plain.length - 1;
    return concat(
        Arrays.copyOf(plain, end), extension, Arrays.copyOfRange(plain, end, plain.length));
  }

  public static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /** A PNG of some hundred bytes that says that it has this many pixels. */
  public static byte[] pngThatClaims(int width, int height) {
    byte[] plain = plain("png");
    byte[] header = ByteBuffer.allocate(13).putInt(width).putInt(height).put(plain, 24, 5).array();
    return concat(
        Arrays.copyOf(plain, 8),
        chunk("IHDR", header),
        Arrays.copyOfRange(plain, 33, plain.length));
  }

  /** A picture that is a script or an archive as well, behind its end. */
  public static byte[] polyglot(String format, String behind) {
    return concat(plain(format), bytes(behind));
  }

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  public static byte[] concat(String first, byte[] second) {
    return concat(latin(first), second);
  }

  public static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
