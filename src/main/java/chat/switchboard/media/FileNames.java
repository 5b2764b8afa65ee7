package chat.switchboard.media;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads and writes the names of files in {@code Content-Disposition}, and makes any name safe to
 * show and to store: no path, no control or direction characters, at most 100 characters with the
 * extension kept.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6266">RFC 6266</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8187">RFC 8187</a>, which replaces RFC 5987
 */
final class FileNames {

  private static final int MAX_HEADER = 2_048;
  private static final int MAX_CHARACTERS = 100;
  private static final int MAX_EXTENSION = 10;

  private static final Pattern EXTENDED =
      Pattern.compile(
          "(?i)(?:^|;)\\s*filename\\*\\s*=\\s*(utf-8|iso-8859-1)'[a-z0-9-]{0,35}'([^;\\s]{1,1024})");

  private static final Pattern QUOTED =
      Pattern.compile("(?i)(?:^|;)\\s*filename\\s*=\\s*\"((?:[^\"\\\\]|\\\\.){1,1024})\"");

  private static final Pattern TOKEN =
      Pattern.compile("(?i)(?:^|;)\\s*filename\\s*=\\s*([^\";\\s]{1,1024})");

  /** The characters that RFC 8187 sends as they are. */
  private static final String ATTR_CHARACTERS = "!#$&+-.^_`|~";

  private FileNames() {}

  /** The name in a header of another server; empty if there is none that can be used. */
  static Optional<String> ofDisposition(String header) {
    if (header == null || header.length() > MAX_HEADER) {
      return Optional.empty();
    }
    Matcher extended = EXTENDED.matcher(header);
    if (extended.find()) {
      Optional<String> name =
          decoded(extended.group(1), extended.group(2)).flatMap(FileNames::safe);
      if (name.isPresent()) {
        return name;
      }
    }
    Matcher quoted = QUOTED.matcher(header);
    if (quoted.find()) {
      return safe(bytesAsUtf8(quoted.group(1).replaceAll("\\\\(.)", "$1")));
    }
    Matcher token = TOKEN.matcher(header);
    return token.find() ? safe(bytesAsUtf8(token.group(1))) : Optional.empty();
  }

  /** HTTP clients read headers as ISO 8859-1; many servers send UTF-8. */
  private static String bytesAsUtf8(String header) {
    byte[] bytes = header.getBytes(StandardCharsets.ISO_8859_1);
    try {
      String utf8 = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return header.chars().anyMatch(c -> c > 0xFF) ? header : utf8;
    } catch (CharacterCodingException latin) {
      return header;
    }
  }

  private static Optional<String> decoded(String charset, String value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '%') {
        int high = i + 2 < value.length() ? Character.digit(value.charAt(i + 1), 16) : -1;
        int low = i + 2 < value.length() ? Character.digit(value.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          return Optional.empty();
        }
        bytes.write(high << 4 | low);
        i += 2;
      } else if (c < 0x80) {
        bytes.write(c);
      } else {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(
          Charset.forName(charset)
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString());
    } catch (CharacterCodingException malformed) {
      return Optional.empty();
    }
  }

  /**
   * A name that is safe to show, to store and to send: the last part of a path, without controls,
   * format characters (which can hide the extension: a right-to-left override in a name such as
   * photogpj.exe) and the characters that file systems, Markdown and headers give a meaning; at
   * most 100 characters, extension kept.
   */
  static Optional<String> safe(String name) {
    if (name == null) {
      return Optional.empty();
    }
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    StringBuilder kept = new StringBuilder();
    Normalizer.normalize(
            last.length() > 4_096 ? last.substring(0, 4_096) : last, Normalizer.Form.NFC)
        .codePoints()
        .forEach(
            c -> {
              if (isDropped(c)) {
                return;
              }
              kept.appendCodePoint(isReplaced(c) ? '_' : c);
            });
    String stripped = kept.toString().strip().replaceAll("^[.\\s]+", "").replaceAll("[.\\s]+$", "");
    return stripped.isEmpty() ? Optional.empty() : Optional.of(shortened(stripped));
  }

  /**
   * Joiners of scripts and emoji stay: without them names of many languages are spelled wrongly.
   */
  private static boolean isDropped(int c) {
    if (c == 0x200C || c == 0x200D) {
      return false;
    }
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.SURROGATE
        || type == Character.PRIVATE_USE
        || type == Character.UNASSIGNED
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  private static boolean isReplaced(int c) {
    return c < 0x80 && "\"*:<>?|[]()`!\\/;%".indexOf(c) >= 0;
  }

  private static String shortened(String name) {
    int length = name.codePointCount(0, name.length());
    if (length <= MAX_CHARACTERS) {
      return name;
    }
    String extension = extension(name).map(ending -> "." + ending).orElse("");
    int end = name.offsetByCodePoints(0, MAX_CHARACTERS - extension.length());
    return name.substring(0, end).strip() + extension;
  }

  /** The extension in lower case: one to ten ASCII letters and digits. */
  static Optional<String> extension(String name) {
    int dot = name.lastIndexOf('.');
    String ending = dot < 0 ? "" : name.substring(dot + 1);
    return ending.matches("[A-Za-z0-9]{1," + MAX_EXTENSION + "}")
        ? Optional.of(ending.toLowerCase(Locale.ROOT))
        : Optional.empty();
  }

  /**
   * The name with an extension that fits the content: another extension stays visible in front, so
   * that {@code invoice.pdf} with the content of a program becomes {@code invoice.pdf.bin}.
   */
  static String withExtension(String name, ContentType type) {
    Optional<String> extension = extension(name);
    return extension.filter(type::hasExtension).isPresent()
        ? name
        : shortened(name + "." + type.extension());
  }

  /**
   * The value of a {@code Content-Disposition} header: an ASCII form for old clients, and the whole
   * name in UTF-8.
   *
   * @param kind {@code inline} or {@code attachment}
   */
  static String disposition(String kind, String name) {
    String safe = safe(name).orElse("file");
    StringBuilder ascii = new StringBuilder();
    safe.codePoints().forEach(c -> ascii.append(c >= 0x20 && c < 0x7F ? (char) c : '_'));
    String header = kind + "; filename=\"" + ascii + "\"";
    return safe.contentEquals(ascii) ? header : header + "; filename*=UTF-8''" + encoded(safe);
  }

  private static String encoded(String name) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      boolean isPlain =
          (b >= '0' && b <= '9')
              || (b >= 'A' && b <= 'Z')
              || (b >= 'a' && b <= 'z')
              || (b > 0 && ATTR_CHARACTERS.indexOf(b) >= 0);
      if (isPlain) {
        encoded.append((char) b);
      } else {
        encoded.append(String.format(Locale.ROOT, "%%%02X", b & 0xFF));
      }
    }
    return encoded.toString();
  }
}
