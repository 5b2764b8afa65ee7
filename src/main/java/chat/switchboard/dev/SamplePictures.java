package chat.switchboard.dev;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** The pictures and files that the simulated phones can send, made in code. */
final class SamplePictures {

  private static final int WIDTH = 160;
  private static final int HEIGHT = 120;

  /** The last four digits of a simulated MediaSid name the sample. */
  private static final int DIGITS = 4;

  private static final String MEDIA_SID = "ME%028x%04x";

  private SamplePictures() {}

  /** A file of a phone. */
  record Sample(String name, String type, byte[] bytes) {}

  static List<Sample> all() {
    return List.of(
        new Sample("sunset.png", "image/png", png(SamplePictures::sunset)),
        new Sample("checks.png", "image/png", png(SamplePictures::checks)),
        new Sample("menu.pdf", "application/pdf", pdf("Today: soup, bread, apple pie")),
        new Sample("ada.vcf", "text/x-vcard", vcard()));
  }

  static Optional<Sample> named(String name) {
    return all().stream().filter(sample -> sample.name().equals(name)).findFirst();
  }

  /** A MediaSid that names this sample. */
  static String mediaSid(Sample sample, int random) {
    List<String> names = all().stream().map(Sample::name).toList();
    return MEDIA_SID.formatted(Integer.toUnsignedLong(random), names.indexOf(sample.name()));
  }

  static Optional<Sample> ofMediaSid(String sid) {
    if (!sid.matches("ME[0-9a-f]{32}")) {
      return Optional.empty();
    }
    int index = Integer.parseInt(sid.substring(sid.length() - DIGITS), 16);
    return index < all().size() ? Optional.of(all().get(index)) : Optional.empty();
  }

  private interface Paint {
    int at(int x, int y);
  }

  private static int sunset(int x, int y) {
    double dx = x - WIDTH / 2.0;
    double dy = y - HEIGHT * 0.6;
    if (dx * dx + dy * dy < 700 && y < HEIGHT * 0.72) {
      return 0xFFE9A0;
    }
    if (y >= HEIGHT * 0.72) {
      return y % 6 < 3 ? 0x20486A : 0x2A5A80;
    }
    int share = 255 * y / HEIGHT;
    return (200 + share * 55 / 255) << 16 | (90 + share * 80 / 255) << 8 | (150 - share / 2);
  }

  private static int checks(int x, int y) {
    return (x / 20 + y / 20) % 2 == 0 ? 0x3F7D58 : 0xF2EFE6;
  }

  /** A PNG of 24 bits without a filter (https://www.w3.org/TR/png-3/). */
  private static byte[] png(Paint paint) {
    byte[] rows = new byte[HEIGHT * (1 + 3 * WIDTH)];
    int at = 0;
    for (int y = 0; y < HEIGHT; y++) {
      rows[at++] = 0;
      for (int x = 0; x < WIDTH; x++) {
        int color = paint.at(x, y);
        rows[at++] = (byte) (color >> 16);
        rows[at++] = (byte) (color >> 8);
        rows[at++] = (byte) color;
      }
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    chunk(
        file,
        "IHDR",
        ByteBuffer.allocate(13)
            .putInt(WIDTH)
            .putInt(HEIGHT)
            .put(new byte[] {8, 2, 0, 0, 0})
            .array());
    chunk(file, "IDAT", deflated(rows));
    chunk(file, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static byte[] deflated(byte[] bytes) {
    Deflater deflater = new Deflater();
    deflater.setInput(bytes);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] part = new byte[4096];
    while (!deflater.finished()) {
      out.write(part, 0, deflater.deflate(part));
    }
    deflater.end();
    return out.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream file, String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 checksum = new CRC32();
    checksum.update(name);
    checksum.update(data);
    file.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    file.writeBytes(name);
    file.writeBytes(data);
    file.writeBytes(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
  }

  /** A page with one line of text; its table of objects has their offsets. */
  private static byte[] pdf(String line) {
    String words = "BT /F1 18 Tf 30 90 Td (" + line + ") Tj ET";
    List<String> objects =
        List.of(
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 340 180]/Contents 4 0 R"
                + "/Resources<</Font<</F1 5 0 R>>>>>>",
            "<</Length " + words.length() + ">>stream\n" + words + "\nendstream",
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
    StringBuilder file = new StringBuilder("%PDF-1.4\n");
    StringBuilder table = new StringBuilder("0000000000 65535 f \n");
    for (int i = 0; i < objects.size(); i++) {
      table.append("%010d 00000 n \n".formatted(file.length()));
      file.append(i + 1).append(" 0 obj").append(objects.get(i)).append("endobj\n");
    }
    int start = file.length();
    file.append("xref\n0 ").append(objects.size() + 1).append('\n').append(table);
    file.append("trailer<</Size ").append(objects.size() + 1).append("/Root 1 0 R>>\nstartxref\n");
    file.append(start).append("\n%%EOF\n");
    return file.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] vcard() {
    return ("BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lovelace;Ada;;;\r\nFN:Ada Lovelace\r\n"
            + "TEL;TYPE=CELL:+15551230001\r\nEMAIL:ada@example.com\r\nEND:VCARD\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
