package chat.switchboard.media;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Detects the type of a file by its content. The detector knows only the types that {@link
 * ContentType} lists: any other content is {@link ContentType#OTHER}, which is never shown. Apache
 * Tika's detector knows 1,600 types by a 778 KB jar with an XML table that a native image would
 * need as a resource with SAX; its answer for a polyglot file is the first match, so that the
 * checks below would be needed all the same.
 */
final class ContentDetector {

  private static final int HEAD = 64 * 1024;

  /** A ZIP archive's end record is within its comment's largest length of the end. */
  private static final int TAIL = 64 * 1024 + 22;

  /** Readers of PDF accept the header within so many bytes. */
  private static final int PDF_HEADER_WITHIN = 1_024;

  private static final Pattern MARKUP =
      Pattern.compile("(?i)<(?:script|html|iframe|\\?php|!doctype\\s+html)[\\s>/]|<svg[\\s>]");

  private static final Pattern HTML_START =
      Pattern.compile(
          "(?is)(?:\\s|<!--.*?-->)*<(?:!doctype\\s+html|html|head|script|iframe|h1|div|font|table|a|style"
              + "|title|b|body|br|p|img|link|meta|object|embed|base|form)(?:[\\s>/].*|$)");

  private static final Pattern SVG_START =
      Pattern.compile(
          "(?is)(?:\\s|<\\?xml.*?\\?>|<!--.*?-->|<!doctype[^>\\[]*(?:\\[.*?\\])?\\s*>|<\\?.*?\\?>)*"
              + "<(?:[a-z0-9_-]+:)?svg(?:[\\s>/:].*|$)");

  private static final Pattern XHTML = Pattern.compile("(?is).*<(?:[a-z0-9_-]+:)?html[\\s>].*");

  private static final List<String> HEIF_BRANDS =
      List.of(
          "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1", "mif2");

  private ContentDetector() {}

  /**
   * A detected type.
   *
   * @param doubt why the file is not shown although its type could be, in a sentence for people:
   *     the content is of a second type as well
   */
  record Detected(ContentType type, Optional<String> doubt) {}

  /** Detects the type; broken structures are no failure. */
  static Detected detect(ByteSource file) {
    byte[] bytes = file.head(HEAD);
    String head = new String(bytes, StandardCharsets.ISO_8859_1);
    ContentType type;
    try {
      type = type(file, head);
    } catch (ByteSource.Malformed malformed) {
      type = ContentType.OTHER;
    }
    return new Detected(type, doubt(file, type, head));
  }

  private static Optional<String> doubt(ByteSource file, ContentType type, String head) {
    if (type == ContentType.PDF && endsAsZip(file)) {
      return Optional.of("The file is a PDF and a ZIP archive at the same time");
    }
    if (!type.isPicture()) {
      return Optional.empty();
    }
    int dataAt = type == ContentType.BMP ? 2 : 6;
    boolean isScript =
        (type == ContentType.GIF || type == ContentType.BMP)
            && (head.startsWith("/*", dataAt) || head.startsWith("=", dataAt));
    String tail = new String(file.tail(HEAD), StandardCharsets.ISO_8859_1);
    if (isScript || MARKUP.matcher(head).find() || MARKUP.matcher(tail).find()) {
      return Optional.of("The picture contains a script or a page");
    }
    int pdf = head.indexOf("%PDF-");
    if (pdf >= 0 && pdf < PDF_HEADER_WITHIN) {
      return Optional.of("The file is a picture and a PDF at the same time");
    }
    return endsAsZip(file)
        ? Optional.of("The file is a picture and a ZIP archive at the same time")
        : Optional.empty();
  }

  /** Whether a ZIP archive's end record reaches exactly to the end of the file. */
  private static boolean endsAsZip(ByteSource file) {
    String tail = new String(file.tail(TAIL), StandardCharsets.ISO_8859_1);
    for (int at = tail.lastIndexOf("PK\5\6"); at >= 0; at = tail.lastIndexOf("PK\5\6", at - 1)) {
      if (at + 22 <= tail.length()) {
        int comment = tail.charAt(at + 20) | tail.charAt(at + 21) << 8;
        if (at + 22 + comment == tail.length()) {
          return true;
        }
      }
    }
    return false;
  }

  private static ContentType type(ByteSource file, String head) {
    if (head.startsWith("\u00FF\u00D8\u00FF")) {
      return ContentType.JPEG;
    }
    if (head.startsWith("\u0089PNG\r\n\u001A\n")) {
      return ContentType.PNG;
    }
    if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) {
      return ContentType.GIF;
    }
    if (head.startsWith("RIFF") && head.length() >= 12) {
      return switch (head.substring(8, 12)) {
        case "WEBP" -> ContentType.WEBP;
        case "WAVE" -> ContentType.WAV;
        case "AVI " -> ContentType.AVI;
        default -> ContentType.OTHER;
      };
    }
    if (head.startsWith("ftyp", 4)) {
      return isoMedia(file);
    }
    if (head.startsWith("II*\0") || head.startsWith("MM\0*")) {
      return ContentType.TIFF;
    }
    if (head.startsWith("BM") && isBmp(file)) {
      return ContentType.BMP;
    }
    if (head.startsWith("\0\0\1\0") && head.length() > 6 && head.charAt(5) == 0) {
      return ContentType.ICO;
    }
    if (head.startsWith("%PDF-")) {
      return ContentType.PDF;
    }
    if (head.startsWith("#!AMR\n") || head.startsWith("#!AMR-WB\n")) {
      return ContentType.AMR;
    }
    if (head.startsWith("OggS")) {
      return ContentType.OGG;
    }
    if (head.startsWith("fLaC")) {
      return ContentType.FLAC;
    }
    if (head.startsWith("\u001AE\u00DF\u00A3")) {
      String start = head.substring(0, Math.min(head.length(), 64));
      return start.contains("webm") ? ContentType.WEBM : ContentType.MATROSKA;
    }
    if (head.startsWith("\0\0\1\u00BA") || head.startsWith("\0\0\1\u00B3")) {
      return ContentType.MPEG;
    }
    if (head.startsWith("PK\3\4") || head.startsWith("PK\5\6")) {
      return zip(file, head);
    }
    if (head.startsWith("\u00D0\u00CF\u0011\u00E0\u00A1\u00B1\u001A\u00E1")) {
      return ContentType.OLE;
    }
    if (isExecutable(head)) {
      return ContentType.EXECUTABLE;
    }
    if (isArchive(head)) {
      return ContentType.ARCHIVE;
    }
    if (head.startsWith("{\\rtf")) {
      return ContentType.RTF;
    }
    if (head.startsWith("ID3") || isMpegAudio(file)) {
      return ContentType.MP3;
    }
    if (isAdts(file)) {
      return ContentType.AAC;
    }
    return text(file, head);
  }

  private static ContentType isoMedia(ByteSource file) {
    long size = Math.min(file.u32be(0), Math.min(file.size(), 512));
    String major = file.text(8, 4);
    StringBuilder brands = new StringBuilder(major);
    for (long at = 16; at + 4 <= size; at += 4) {
      brands.append(' ').append(file.text(at, 4));
    }
    List<String> all = List.of(brands.toString().split("(?<=\\G.{4}) "));
    if (all.contains("avif") || all.contains("avis")) {
      return ContentType.AVIF;
    }
    if (HEIF_BRANDS.contains(major) || all.stream().anyMatch(brand -> brand.startsWith("hei"))) {
      return ContentType.HEIC;
    }
    if (major.startsWith("3gp") || major.startsWith("3g2") || major.startsWith("3ge")) {
      return ContentType.THREEGPP;
    }
    if (major.startsWith("M4A") || major.startsWith("M4B")) {
      return ContentType.M4A;
    }
    if (major.equals("qt  ")) {
      return ContentType.QUICKTIME;
    }
    return all.stream().anyMatch(brand -> brand.matches("iso.|mp4.|avc1|M4V.|MSNV|dash|f4v |mmp4"))
        ? ContentType.MP4
        : ContentType.OTHER;
  }

  private static boolean isBmp(ByteSource file) {
    long header = file.u32le(14);
    return header == 12 || (header >= 40 && header <= 124);
  }

  private static ContentType zip(ByteSource file, String head) {
    String tail = new String(file.tail(TAIL), StandardCharsets.ISO_8859_1);
    if (head.startsWith("mimetype", 30)) {
      String mime = head.substring(38, Math.min(head.length(), 138));
      for (ContentType type :
          List.of(ContentType.ODT, ContentType.ODS, ContentType.ODP, ContentType.EPUB)) {
        if (mime.startsWith(type.mediaType())) {
          return type;
        }
      }
    }
    if (head.contains("META-INF/MANIFEST.MF")
        || tail.contains("META-INF/MANIFEST.MF")
        || tail.contains("AndroidManifest.xml")) {
      return ContentType.EXECUTABLE;
    }
    if (head.contains("[Content_Types].xml") || tail.contains("[Content_Types].xml")) {
      if (tail.contains("vbaProject.bin")) {
        return ContentType.ZIP;
      }
      if (tail.contains("word/document")) {
        return ContentType.DOCX;
      }
      if (tail.contains("xl/workbook")) {
        return ContentType.XLSX;
      }
      if (tail.contains("ppt/presentation")) {
        return ContentType.PPTX;
      }
    }
    return ContentType.ZIP;
  }

  private static boolean isExecutable(String head) {
    return head.startsWith("MZ")
        || head.startsWith("\u007FELF")
        || head.startsWith("#!")
        || head.startsWith("\u00CA\u00FE\u00BA\u00BE")
        || head.startsWith("\u00FE\u00ED\u00FA\u00CE")
        || head.startsWith("\u00FE\u00ED\u00FA\u00CF")
        || head.startsWith("\u00CE\u00FA\u00ED\u00FE")
        || head.startsWith("\u00CF\u00FA\u00ED\u00FE")
        || head.startsWith("dex\n")
        || head.startsWith("\0asm")
        || head.startsWith("L\0\0\0\1\u0014\2\0")
        || head.regionMatches(true, 0, "@echo off", 0, 9);
  }

  private static boolean isArchive(String head) {
    return head.startsWith("\u001F\u008B")
        || head.startsWith("7z\u00BC\u00AF'\u001C")
        || head.startsWith("Rar!\u001A\7")
        || head.startsWith("BZh")
        || head.startsWith("\u00FD7zXZ\0")
        || head.startsWith("ustar", 257);
  }

  /** Two frames of MPEG audio in a row: the sync word alone is no evidence. */
  private static boolean isMpegAudio(ByteSource file) {
    if (file.size() < 4) {
      return false;
    }
    int length = mpegFrame(file, 0);
    return length > 0 && length + 4 <= file.size() && mpegFrame(file, length) > 0;
  }

  private static int mpegFrame(ByteSource file, long at) {
    int header = (int) file.u32be(at);
    boolean hasSync = (header & 0xFFE00000) == 0xFFE00000;
    int version = header >> 19 & 3;
    int layer = header >> 17 & 3;
    int rateIndex = header >> 12 & 15;
    int samplingIndex = header >> 10 & 3;
    if (!hasSync || version == 1 || layer != 1 || rateIndex % 15 == 0 || samplingIndex == 3) {
      return -1;
    }
    int[] first = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
    int[] second = {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
    int rate = version == 3 ? first[rateIndex] : second[rateIndex];
    int sampling =
        new int[] {44_100, 48_000, 32_000}[samplingIndex]
            >> (version == 3 ? 0 : version == 2 ? 1 : 2);
    return (version == 3 ? 144 : 72) * rate * 1_000 / sampling + (header >> 9 & 1);
  }

  private static boolean isAdts(ByteSource file) {
    if (file.size() < 7 || (file.u16be(0) & 0xFFF6) != 0xFFF0) {
      return false;
    }
    long length = (file.u32be(3) >> 13) & 0x1FFF;
    return length >= 7 && length + 2 <= file.size() && (file.u16be(length) & 0xFFF6) == 0xFFF0;
  }

  private static ContentType text(ByteSource file, String head) {
    String utf16 = utf16(file);
    String start =
        utf16 != null ? utf16 : head.startsWith("\u00EF\u00BB\u00BF") ? head.substring(3) : head;
    // A browser that guesses a type looks at the start, whether or not the rest is text.
    String first = start.substring(0, Math.min(start.length(), 8_192));
    if (SVG_START.matcher(first).matches()) {
      return ContentType.SVG;
    }
    if (HTML_START.matcher(first).matches()) {
      return ContentType.HTML;
    }
    if (first.stripLeading().startsWith("<?xml")) {
      return MARKUP.matcher(first).find()
          ? first.toLowerCase(Locale.ROOT).contains("<svg") ? ContentType.SVG : ContentType.HTML
          : XHTML.matcher(first).matches() ? ContentType.HTML : ContentType.XML;
    }
    if (utf16 != null || !isUtf8Text(file)) {
      return ContentType.OTHER;
    }
    String upper = first.stripLeading().toUpperCase(Locale.ROOT);
    if (upper.startsWith("BEGIN:VCARD")) {
      return ContentType.VCARD;
    }
    return upper.startsWith("BEGIN:VCALENDAR") ? ContentType.ICS : ContentType.TEXT;
  }

  private static String utf16(ByteSource file) {
    if (file.size() < 2) {
      return null;
    }
    int mark = file.u16be(0);
    return mark == 0xFEFF || mark == 0xFFFE
        ? new String(file.head(16_384), StandardCharsets.UTF_16)
        : null;
  }

  /** Whether the whole file is valid UTF-8 without control characters. */
  private static boolean isUtf8Text(ByteSource file) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer characters = CharBuffer.allocate(HEAD);
    ByteBuffer bytes = ByteBuffer.allocate(HEAD + 4);
    for (long at = 0; at < file.size(); ) {
      int length = (int) Math.min(HEAD, file.size() - at);
      bytes.put(file.read(at, length)).flip();
      at += length;
      characters.clear();
      if (decoder.decode(bytes, characters, at == file.size()).isError()) {
        return false;
      }
      characters.flip();
      if (characters.chars().anyMatch(c -> (c < 0x20 && "\t\n\r\f".indexOf(c) < 0) || c == 0x7F)) {
        return false;
      }
      bytes.compact();
    }
    return true;
  }
}
