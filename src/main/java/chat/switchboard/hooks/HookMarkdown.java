package chat.switchboard.hooks;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Escapes values of a payload for Markdown: the page shows the characters of a value unchanged, and
 * a value forms no image, link, code, list, heading, table, formula, directive or tag.
 *
 * <p>Square brackets need two forms: some releases of LibreChat read {@code \[…\]} as a formula, so
 * the closing one is a character reference.
 */
final class HookMarkdown {

  private static final int LONGEST_URL = 2048;

  /** Characters that could end a link or begin another construct. */
  private static final String URL_UNSAFE = "\\\"'`<>()[]{}|^*$~";

  private static final Pattern LINK_START =
      Pattern.compile("\\]\\(\\s*<?\\s*|<(?=[A-Za-z][A-Za-z0-9+.-]*:)|\\]:\\s*<?\\s*");

  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):");

  private static final Pattern REFERENCE =
      Pattern.compile("&(?:#(\\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z]{2,12}));?");

  private HookMarkdown() {}

  /**
   * A value in the middle of a line. A web address becomes one that can also be the target of a
   * link.
   */
  static String inline(String value, int most) {
    String line = oneLine(value);
    Optional<String> url = url(line);
    return url.orElseGet(() -> escape(cut(line, most)));
  }

  /** Lines, each escaped, and none of them at the beginning of a block. */
  static String lines(String value, int most, String before) {
    StringBuilder lines = new StringBuilder();
    for (String line : cut(clean(value, true), most).split("\n", -1)) {
      if (lines.length() > 0) {
        lines.append('\n');
      }
      lines.append(before).append(escape(line.strip()));
    }
    return lines.toString();
  }

  /** A value as code in the middle of a line. */
  static String code(String value, int most) {
    String line = cut(oneLine(value), most);
    if (line.isEmpty()) {
      return "";
    }
    int longest = 0;
    int run = 0;
    for (int at = 0; at < line.length(); at++) {
      run = line.charAt(at) == '`' ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    String fence = "`".repeat(longest + 1);
    boolean touches = line.startsWith("`") || line.endsWith("`");
    return fence + (touches ? " " + line + " " : line) + fence;
  }

  /** A web address that stays whole in a link and as bare text; empty for any other text. */
  static Optional<String> url(String value) {
    String lower = value.toLowerCase(Locale.ROOT);
    if (value.length() > LONGEST_URL
        || !(lower.startsWith("https://") || lower.startsWith("http://"))) {
      return Optional.empty();
    }
    StringBuilder encoded = new StringBuilder();
    for (int at = 0; at < value.length(); at++) {
      char c = value.charAt(at);
      if (c <= ' ' || Character.isWhitespace(c) || Character.isISOControl(c)) {
        return Optional.empty();
      }
      if (c > '~') {
        int point = value.codePointAt(at);
        for (byte one : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
          encoded.append('%').append(String.format(Locale.ROOT, "%02X", one & 0xFF));
        }
        at += Character.charCount(point) - 1;
      } else if (URL_UNSAFE.indexOf(c) >= 0) {
        encoded.append('%').append(String.format(Locale.ROOT, "%02X", (int) c));
      } else {
        encoded.append(c);
      }
    }
    try {
      URI uri = new URI(encoded.toString());
      // A name before the host hides where a link leads.
      boolean isPlain = uri.getHost() != null && uri.getRawUserInfo() == null;
      return isPlain ? Optional.of(encoded.toString()) : Optional.empty();
    } catch (URISyntaxException none) {
      return Optional.empty();
    }
  }

  /** Returns the text with one space in place of all spaces and line breaks. */
  static String oneLine(String value) {
    return clean(value, false).replaceAll(" {2,}", " ").strip();
  }

  /** At most this many characters, with an ellipsis where something is missing. */
  static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Math.max(0, most - 1);
    while (end > 0
        && (Character.isLowSurrogate(text.charAt(end))
            || Character.getType(text.charAt(end)) == Character.NON_SPACING_MARK
            || text.charAt(end) == '\u200D'
            || text.charAt(end - 1) == '\u200D'
            || text.charAt(end) == '\uFE0F')) {
      end--;
    }
    return text.substring(0, end).stripTrailing() + "\u2026";
  }

  /**
   * Removes controls, marks that reorder the text, and tag characters outside of flags: all that a
   * reader does not see.
   */
  private static String clean(String value, boolean keepLines) {
    StringBuilder clean = new StringBuilder(Math.min(value.length(), 4096));
    boolean inFlag = false;
    for (int at = 0; at < value.length(); ) {
      int point = value.codePointAt(at);
      at += Character.charCount(point);
      boolean isTag = point >= 0xE0000 && point <= 0xE007F;
      inFlag = point == 0x1F3F4 || (inFlag && isTag);
      if (point == '\n' || point == 0x2028 || point == 0x2029 || point == 0x85) {
        clean.append(keepLines ? '\n' : ' ');
      } else if (point == '\r') {
        clean.append(keepLines && (at == value.length() || value.charAt(at) != '\n') ? "\n" : " ");
      } else if (Character.isWhitespace(point) || Character.isSpaceChar(point)) {
        clean.append(' ');
      } else if (point >= 0xD800 && point <= 0xDFFF) {
        clean.append('\uFFFD');
      } else if (!Character.isISOControl(point) && !isHidden(point) && (!isTag || inFlag)) {
        clean.appendCodePoint(point);
      }
    }
    return clean.toString();
  }

  private static boolean isHidden(int point) {
    return (point >= 0x202A && point <= 0x202E)
        || (point >= 0x2066 && point <= 0x2069)
        || (point >= 0x2060 && point <= 0x2064)
        || (point >= 0xFFF9 && point <= 0xFFFB)
        || point == 0x200B
        || point == 0x00AD
        || point == 0xFEFF;
  }

  /** Escapes one line. */
  static String escape(String line) {
    StringBuilder escaped = new StringBuilder(line.length() + 16);
    for (int at = 0; at < line.length(); at++) {
      char c = line.charAt(at);
      char before = at == 0 ? ' ' : line.charAt(at - 1);
      char after = at + 1 == line.length() ? ' ' : line.charAt(at + 1);
      if (c == ']') {
        escaped.append("&#93;");
      } else if (acts(line, at, before, c, after)) {
        escaped.append('\\').append(c);
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }

  private static boolean acts(String line, int at, char before, char c, char after) {
    return switch (c) {
      case '\\', '`', '*', '[', '<', '>', '|', '$', '{', '}' -> true;
      case '~' -> true;
      case '_' -> !(Character.isLetterOrDigit(before) && Character.isLetterOrDigit(after));
      // An image could begin in the value and go on in the template.
      case '!' -> at + 1 == line.length();
      case '&' -> after == '#' || Character.isLetter(after);
      // A directive. The colon of a web address stays, so that the address stays one.
      case ':' -> after == ':' || before == ':' || Character.isLetter(after);
      case '#' -> beginsLine(line, at) || before == '#';
      case '+', '-', '=' -> beginsLine(line, at);
      case '.', ')' -> endsNumberAtStart(line, at);
      default -> false;
    };
  }

  private static boolean beginsLine(String line, int at) {
    return line.substring(0, at).isBlank();
  }

  /** A number with a dot begins a list; in the template it may stand at the start of a line. */
  private static boolean endsNumberAtStart(String line, int at) {
    return at > 0
        && at < 10
        && line.substring(0, at).chars().allMatch(Character::isDigit)
        && (at + 1 == line.length() || line.charAt(at + 1) == ' ');
  }

  /**
   * Takes away the effect of each link in a whole text that leads anywhere but to the web, to mail
   * or to a phone: the parts of such a link may come from different places of a payload.
   */
  static String withoutUnsafeLinks(String text) {
    Matcher link = LINK_START.matcher(text);
    StringBuilder safe = new StringBuilder(text.length());
    int copied = 0;
    while (link.find()) {
      String target =
          decoded(text.substring(link.end(), Math.min(text.length(), link.end() + 200)));
      Matcher scheme = SCHEME.matcher(target);
      if (scheme.lookingAt() && !isSafe(scheme.group(1))) {
        safe.append(text, copied, link.start());
        safe.append(text.charAt(link.start()) == '<' ? "\\<" : "&#93;");
        copied = link.start() + 1;
      }
    }
    return safe.append(text, copied, text.length()).toString();
  }

  private static boolean isSafe(String scheme) {
    return switch (scheme.toLowerCase(Locale.ROOT)) {
      case "http", "https", "mailto", "tel" -> true;
      default -> false;
    };
  }

  /** The start of a target as a browser reads it: without escapes, references and controls. */
  private static String decoded(String target) {
    Matcher reference = REFERENCE.matcher(target.replaceAll("\\\\(?=\\p{Punct})", ""));
    String plain =
        reference.replaceAll(
            found -> {
              int point =
                  found.group(1) != null
                      ? Integer.parseInt(found.group(1))
                      : found.group(2) != null
                          ? Integer.parseInt(found.group(2), 16)
                          : switch (found.group(3).toLowerCase(Locale.ROOT)) {
                            case "colon" -> ':';
                            case "tab", "newline" -> '\n';
                            default -> '?';
                          };
              return Matcher.quoteReplacement(
                  Character.isValidCodePoint(point) ? Character.toString(point) : "?");
            });
    return plain
        .codePoints()
        .filter(point -> point > ' ' && !Character.isISOControl(point))
        .limit(100)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
