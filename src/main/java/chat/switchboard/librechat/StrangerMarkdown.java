package chat.switchboard.librechat;

import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * Escapes the Markdown with which a stranger's text could act on the owner's page, so that the page
 * shows the characters instead: images (LibreChat's page loads them at once), links whose text
 * hides their target, directives ({@code :::artifact} becomes a card) and the language of a code
 * block ({@code mermaid} becomes a diagram, which can load images). Bare addresses stay links,
 * because they show their target.
 *
 * <p>LibreChat renders with react-markdown, remark-gfm, remark-directive and remark-math; LibreChat
 * shows raw HTML as text, which needs no escape.
 *
 * <p>The escape never parses Markdown, since a text on which two parsers disagree would pass. The
 * escape breaks a construct at a pair of adjacent characters that the construct requires, wherever
 * the pair occurs, also in code. If {@code n} backslashes precede the second character, {@code 2n +
 * 1} backslashes precede it afterwards: the last backslash escapes the character, and the others
 * show as the {@code n} that were written. So {@link #unescape} returns the original text.
 */
final class StrangerMarkdown {

  private static final int FENCE = 3;

  /** Directives for which a release of LibreChat's page has a component. */
  private static final Set<String> CARDS = Set.of("artifact", "thinking");

  /** Characters that may precede a block in a line; the last character is the byte order mark. */
  private static final String BLOCK_MARKS = " \t>*+-.)0123456789\uFEFF";

  private StrangerMarkdown() {}

  /** Returns the text in its stored form, in which no Markdown loads or hides anything. */
  static String escape(String text) {
    return rewrite(text, written -> 2 * written + 1);
  }

  /** Returns the text that {@link #escape} received. */
  static String unescape(String escaped) {
    return rewrite(escaped, stored -> stored % 2 == 0 ? stored : (stored - 1) / 2);
  }

  /** Replaces the number of backslashes before each character that would act. */
  private static String rewrite(String text, IntUnaryOperator backslashes) {
    StringBuilder rewritten = null;
    int copied = 0;
    boolean colonActed = false;
    for (int at = 0; at < text.length(); at++) {
      int run = at;
      while (at < text.length() && text.charAt(at) == '\\') {
        at++;
      }
      if (at == text.length()) {
        break;
      }
      boolean acts = acts(text, run, at, colonActed);
      colonActed = acts && text.charAt(at) == ':';
      if (!acts) {
        continue;
      }
      int written = at - run;
      int wanted = backslashes.applyAsInt(written);
      if (wanted == written) {
        continue;
      }
      if (rewritten == null) {
        rewritten = new StringBuilder(text.length() + 16);
      }
      rewritten.append(text, copied, run).append("\\".repeat(wanted));
      copied = at;
    }
    return rewritten == null ? text : rewritten.append(text, copied, text.length()).toString();
  }

  /**
   * Whether the character can begin or complete a construct that acts. The backslashes before a
   * character never matter, so that the result is the same before and after escaping.
   *
   * @param run the index of the first backslash before the character; the character's own index if
   *     there is none
   * @param colonActed whether the character before is a colon that acts
   */
  private static boolean acts(String text, int run, int at, boolean colonActed) {
    char before = run == 0 ? '\n' : text.charAt(run - 1);
    return switch (text.charAt(at)) {
          // An image, also ![a][b], which a definition would complete.
          case '!' -> at + 1 < text.length() && text.charAt(at + 1) == '[';
          // The target of an inline link or image.
          case '(' -> before == ']';
          // A definition, to which reference links and images lead; or a directive. If the stranger
          // escapes the first of two colons, the second colon begins a directive.
          case ':' ->
              before == ':'
                  ? colonActed || isCard(text, at + 1)
                  : before == ']' || directs(text, before, at + 1);
          // LibreChat turns these two tags into a directive before it reads the Markdown.
          case '>' -> text.startsWith("<think", run - 6) || text.startsWith("</think", run - 7);
          default -> false;
        }
        || namesLanguage(text, before, run, at);
  }

  /**
   * Whether a colon begins a directive. Two or more colons begin a directive at the begin of a line
   * or behind the markers of a quote or list: between letters, such as in {@code std::vector} and
   * in addresses, such colons stay unchanged.
   */
  private static boolean directs(String text, char before, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) == '\\') {
      at++;
    }
    boolean inWord = Character.isLetterOrDigit(before) || before == '/';
    boolean colonNext = at < text.length() && text.charAt(at) == ':';
    return (colonNext && !inWord) || isCard(text, from);
  }

  /**
   * Whether a name follows a colon with arguments, such as in {@code :img{src=…}}, or a name of a
   * directive that becomes a card.
   */
  private static boolean isCard(String text, int from) {
    int at = from;
    while (at < text.length() && isNamePart(text.charAt(at))) {
      at++;
    }
    boolean arguments = at < text.length() && (text.charAt(at) == '[' || text.charAt(at) == '{');
    return at > from && (arguments || CARDS.contains(text.substring(from, Math.min(at, from + 9))));
  }

  private static boolean isNamePart(char c) {
    return Character.isUnicodeIdentifierPart(c) || Character.isSurrogate(c) || c == '-' || c == '.';
  }

  /** Whether the language of a fenced code block begins here. */
  private static boolean namesLanguage(String text, char before, int run, int at) {
    char c = text.charAt(at);
    boolean blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    boolean behind = before == ' ' || before == '\t' || before == '`' || before == '~';
    if (blank || !behind) {
      return false;
    }
    int end = run;
    while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) {
      end--;
    }
    char mark = end == 0 ? '\n' : text.charAt(end - 1);
    if ((mark != '`' && mark != '~') || c == mark) {
      return false;
    }
    int begin = end;
    while (begin > 0 && text.charAt(begin - 1) == mark) {
      begin--;
    }
    return end - begin >= FENCE
        && beginsBlock(text, begin)
        && (mark == '~' || !hasBacktick(text, at));
  }

  /** Whether only markers of quotes and lists precede this index in its line. */
  private static boolean beginsBlock(String text, int place) {
    for (int at = place - 1; at >= 0; at--) {
      char c = text.charAt(at);
      if (c == '\n' || c == '\r') {
        return true;
      }
      if (BLOCK_MARKS.indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  /** Such a line opens no block: the text between the backticks is inline code. */
  private static boolean hasBacktick(String text, int from) {
    for (int at = from; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '`') {
        return true;
      }
      if (c == '\n' || c == '\r') {
        return false;
      }
    }
    return false;
  }
}
