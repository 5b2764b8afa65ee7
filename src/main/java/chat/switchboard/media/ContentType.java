package chat.switchboard.media;

import java.util.Arrays;
import java.util.List;

/**
 * The types of files that Switchboard tells apart by their content, with what may be done with
 * them.
 */
enum ContentType {
  JPEG(Use.PICTURE, "image/jpeg image/jpg image/pjpeg", "jpg jpeg jpe jfif"),
  PNG(Use.PICTURE, "image/png image/x-png image/apng", "png apng"),
  GIF(Use.PICTURE, "image/gif", "gif"),
  WEBP(Use.PICTURE, "image/webp", "webp"),
  AVIF(Use.PICTURE, "image/avif image/avif-sequence", "avif avifs"),
  BMP(Use.PICTURE, "image/bmp image/x-bmp image/x-ms-bmp", "bmp dib"),
  HEIC(
      Use.FILE,
      "image/heic image/heif image/heic-sequence image/heif-sequence",
      "heic heif heics heifs hif"),
  TIFF(Use.FILE, "image/tiff image/tiff-fx", "tif tiff"),
  ICO(Use.FILE, "image/x-icon image/vnd.microsoft.icon", "ico"),
  PDF(Use.FILE, "application/pdf application/x-pdf", "pdf"),
  MP3(Use.FILE, "audio/mpeg audio/mp3 audio/mpeg3 audio/x-mp3 audio/x-mpeg", "mp3"),
  AAC(Use.FILE, "audio/aac audio/aacp audio/x-aac", "aac"),
  OGG(
      Use.FILE,
      "audio/ogg application/ogg video/ogg audio/opus audio/vorbis audio/x-opus+ogg",
      "ogg oga ogv opus"),
  FLAC(Use.FILE, "audio/flac audio/x-flac", "flac"),
  M4A(Use.FILE, "audio/mp4 audio/x-m4a audio/m4a audio/mp4a-latm video/mp4", "m4a m4b mp4"),
  MP4(
      Use.FILE,
      "video/mp4 audio/mp4 application/mp4 video/x-m4v video/quicktime video/3gpp audio/3gpp",
      "mp4 m4v m4a"),
  QUICKTIME(Use.FILE, "video/quicktime video/mp4", "mov qt"),
  THREEGPP(
      Use.FILE,
      "video/3gpp audio/3gpp video/3gpp2 audio/3gpp2 video/mp4 audio/mp4",
      "3gp 3g2 3gpp"),
  AMR(Use.FILE, "audio/amr audio/amr-wb audio/amr-nb audio/x-amr audio/3gpp", "amr awb"),
  WAV(Use.FILE, "audio/wav audio/x-wav audio/wave audio/vnd.wave", "wav"),
  AVI(Use.FILE, "video/x-msvideo video/avi video/msvideo", "avi"),
  WEBM(Use.FILE, "video/webm audio/webm", "webm weba"),
  MATROSKA(Use.FILE, "video/x-matroska audio/x-matroska", "mkv mka"),
  MPEG(Use.FILE, "video/mpeg video/mp2p", "mpg mpeg"),
  VCARD(Use.FILE, "text/vcard text/x-vcard text/directory application/vcard", "vcf vcard"),
  ICS(Use.FILE, "text/calendar application/ics", "ics ical"),
  CSV(Use.FILE, "text/csv application/csv text/comma-separated-values", "csv tsv"),
  TEXT(
      Use.FILE,
      "text/plain text/csv text/markdown text/x-log application/json",
      "txt text log md json"),
  RTF(Use.FILE, "application/rtf text/rtf", "rtf"),
  ZIP(Use.FILE, "application/zip application/x-zip-compressed application/x-zip", "zip"),
  DOCX(Use.FILE, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
  XLSX(Use.FILE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
  PPTX(
      Use.FILE,
      "application/vnd.openxmlformats-officedocument.presentationml.presentation",
      "pptx"),
  ODT(Use.FILE, "application/vnd.oasis.opendocument.text", "odt"),
  ODS(Use.FILE, "application/vnd.oasis.opendocument.spreadsheet", "ods"),
  ODP(Use.FILE, "application/vnd.oasis.opendocument.presentation", "odp"),
  EPUB(Use.FILE, "application/epub+zip", "epub"),
  /** Word, Excel and PowerPoint before 2007, and Outlook's messages. */
  OLE(
      Use.FILE,
      "application/x-ole-storage application/msword application/vnd.ms-excel"
          + " application/vnd.ms-powerpoint application/vnd.ms-outlook",
      "doc xls ppt msg"),
  ARCHIVE(
      Use.FILE,
      "application/gzip application/x-gzip application/x-7z-compressed application/vnd.rar"
          + " application/x-rar-compressed application/x-bzip2 application/x-xz application/x-tar",
      "gz tgz 7z rar bz2 xz tar"),
  SVG(Use.ACTIVE, "image/svg+xml", "svg"),
  HTML(Use.ACTIVE, "text/html application/xhtml+xml", "html htm xhtml"),
  XML(Use.ACTIVE, "application/xml text/xml", "xml"),
  EXECUTABLE(
      Use.ACTIVE,
      "application/x-executable application/vnd.microsoft.portable-executable"
          + " application/x-msdownload application/java-archive"
          + " application/vnd.android.package-archive application/x-sh",
      "exe dll apk jar sh"),
  /** Any other content. */
  OTHER(Use.FILE, "application/octet-stream binary/octet-stream", "bin");

  /** What may be done with a file. */
  private enum Use {
    PICTURE,
    FILE,
    ACTIVE
  }

  private final Use use;
  private final List<String> names;
  private final List<String> extensions;

  ContentType(Use use, String names, String extensions) {
    this.use = use;
    this.names = List.of(names.split(" "));
    this.extensions = List.of(extensions.split(" "));
  }

  /** The registered media type. */
  String mediaType() {
    return names.get(0);
  }

  /**
   * The media type to serve a file with: bytes that a browser could run or render as a page are
   * {@code application/octet-stream}.
   */
  String servedType() {
    return use == Use.ACTIVE
        ? OTHER.mediaType()
        : this == TEXT ? "text/plain;charset=UTF-8" : mediaType();
  }

  String extension() {
    return extensions.get(0);
  }

  boolean hasExtension(String extension) {
    return this == OTHER || extensions.contains(extension);
  }

  /** Whether browsers show the type as a picture, and the type cannot hold a script. */
  boolean isPicture() {
    return use == Use.PICTURE;
  }

  /** Whether a browser or a system can run the content; such a file is never shown. */
  boolean isActive() {
    return use == Use.ACTIVE;
  }

  /** Whether the file is sound alone, as a voice note is. */
  boolean isAudio() {
    return switch (this) {
      case MP3, AAC, OGG, FLAC, M4A, AMR, WAV -> true;
      default -> false;
    };
  }

  /** Whether the type may declare itself so. */
  boolean isDeclaredAs(String mediaType) {
    return names.contains(mediaType)
        || (this == TEXT && mediaType.startsWith("text/") && !isActiveName(mediaType));
  }

  private static boolean isActiveName(String mediaType) {
    return Arrays.stream(values())
        .filter(ContentType::isActive)
        .anyMatch(type -> type.names.contains(mediaType));
  }
}
