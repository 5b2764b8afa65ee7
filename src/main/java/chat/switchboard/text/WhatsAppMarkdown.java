package chat.switchboard.text;

import chat.switchboard.text.WhatsAppMarks.Kind;
import chat.switchboard.text.WhatsAppMarks.Span;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Converts a text that a person wrote in WhatsApp to Markdown which looks the same: {@code *bold*}
 * becomes {@code **bold**}. What only Markdown would format (headings, tables, rules, escapes,
 * stars within words) is escaped. The result has no link, image or directive that the text did not
 * have, since no two characters become neighbours that were not; these constructs are left to
 * {@code StrangerMarkdown}.
 *
 * <p>Takes linear time.
 */
public final class WhatsAppMarkdown {

  private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

  /** Characters before which {@code StrangerMarkdown} counts the backslashes. */
  private static final String NOT_DOUBLED = "!(:>";

  private static final int LONGEST_HEADING_MARK = 6;
  private static final int LONGEST_LIST_NUMBER = 9;
  private static final int LONGEST_ENTITY = 32;

  private final String text;
  private final BitSet escaped = new BitSet();

  /** What stands in the place of the mark at an index. */
  private final Map<Integer, String> marks = new HashMap<>();

  private final BitSet code = new BitSet();
  private final StringBuilder out;

  private WhatsAppMarkdown(String text) {
    this.text = text;
    this.out = new StringBuilder(text.length() + 16);
  }

  /** Returns the Markdown; the text itself if nothing of the text is formatted or escaped. */
  public static String of(String text) {
    return new WhatsAppMarkdown(text).markdown();
  }

  private String markdown() {
    List<Span> blocks = new ArrayList<>();
    for (Span span : WhatsAppMarks.in(text)) {
      if (span.kind() == Kind.CODE || span.kind() == Kind.BLOCK) {
        code.set(span.start(), span.end());
        blocks.add(span);
      } else {
        emphasis(span);
      }
    }
    lines(blocks);
    literals();
    int at = 0;
    for (Span block : blocks) {
      words(at, block.start());
      code(block);
      at = block.end();
    }
    words(at, text.length());
    return out.toString();
  }

  private void words(int from, int to) {
    for (int i = from; i < to; i++) {
      String mark = marks.get(i);
      if (mark != null) {
        out.append(mark);
      } else {
        out.append(escaped.get(i) ? "\\" : "").append(text.charAt(i));
      }
    }
  }

  // --- Emphasis

  private void emphasis(Span span) {
    int before = span.start() == 0 ? ' ' : text.codePointBefore(span.start());
    int first = text.codePointAt(span.from());
    int last = text.codePointBefore(span.to());
    int behind = span.end() == text.length() ? ' ' : text.codePointAt(span.end());
    if (!flanks(before, first) || !flanks(behind, last)) {
      return;
    }
    String mark =
        switch (span.kind()) {
          case BOLD -> "**";
          case STRIKE -> "~~";
          // Markdown's underscore needs white space or punctuation outside.
          default -> isOutside(before) && isOutside(behind) ? "_" : "*";
        };
    marks.put(span.start(), mark);
    marks.put(span.to(), mark);
  }

  /** Whether CommonMark takes a mark between these two characters for emphasis. */
  private static boolean flanks(int outside, int inside) {
    return !WordBorders.isSpace(inside) && (!isSymbol(inside) || isOutside(outside));
  }

  private static boolean isOutside(int c) {
    return WordBorders.isSpace(c) || isPunctuation(c);
  }

  private static boolean isPunctuation(int c) {
    return switch (Character.getType(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> c < 0x80 && PUNCTUATION.indexOf(c) >= 0;
    };
  }

  /** CommonMark 0.31 counts symbols as punctuation, earlier versions do not. */
  private static boolean isSymbol(int c) {
    return switch (Character.getType(c)) {
      case Character.MATH_SYMBOL,
          Character.CURRENCY_SYMBOL,
          Character.MODIFIER_SYMBOL,
          Character.OTHER_SYMBOL ->
          true;
      default -> isPunctuation(c);
    };
  }

  // --- Code

  private void code(Span span) {
    String code = text.substring(span.from(), span.to());
    if (isBlock(span)) {
      block(code, span.end());
      return;
    }
    boolean hasTick = code.indexOf('`') >= 0;
    String mark = hasTick ? "```" : "`";
    boolean isPadded =
        hasTick || (code.startsWith(" ") && code.endsWith(" ")) || code.startsWith("`");
    out.append(mark).append(isPadded ? " " : "").append(code);
    out.append(isPadded ? " " : "").append(mark);
  }

  /** Code on several lines, or alone on a line. */
  private boolean isBlock(Span span) {
    if (span.kind() != Kind.BLOCK) {
      return false;
    }
    boolean alone =
        (span.start() == 0 || isLineEnd(text.charAt(span.start() - 1)))
            && (span.end() == text.length() || isLineEnd(text.charAt(span.end())));
    return (alone && text.indexOf('`', span.from()) >= span.to())
        || text.substring(span.from(), span.to()).indexOf('\n') >= 0;
  }

  private static boolean isLineEnd(char c) {
    return c == '\n' || c == '\r';
  }

  /** A block has lines of its own. */
  private void block(String code, int end) {
    int line = out.lastIndexOf("\n") + 1;
    if (line < out.length()) {
      boolean isBlank = out.substring(line).isBlank();
      if (isBlank) {
        out.setLength(line);
      } else {
        out.append('\n');
      }
    }
    out.append("```\n").append(code.startsWith("\n") ? code.substring(1) : code);
    out.append(code.endsWith("\n") ? "" : "\n").append("```");
    if (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
      out.append('\n');
    }
  }

  // --- What only Markdown formats

  private void lines(List<Span> blocks) {
    int start = 0;
    while (start <= text.length()) {
      int end = start;
      while (end < text.length() && !isLineEnd(text.charAt(end))) {
        end++;
      }
      line(start, end);
      start = end + 1;
    }
    for (Span block : blocks) {
      if (isBlock(block)) {
        // What follows on the same line begins a line of the Markdown.
        int end = block.end();
        while (end < text.length() && !isLineEnd(text.charAt(end))) {
          end++;
        }
        line(block.end(), end);
      }
    }
    escaped.andNot(code);
  }

  private void line(int start, int end) {
    int at = skipBlanks(start, end);
    while (at < end) {
      char c = text.charAt(at);
      if (escapesRule(at, end)) {
        return;
      }
      int next = at + 1 == end ? ' ' : text.charAt(at + 1);
      boolean spaced = next == ' ' || next == '\t';
      if ((c == '>' && next != ' ') || (c == '+' && spaced)) {
        escaped.set(at);
        return;
      }
      if (c == '#') {
        int marks = run(at, end);
        if (marks <= LONGEST_HEADING_MARK && isBlankAt(at + marks, end)) {
          escaped.set(at);
        }
        return;
      }
      int digits = digits(at, end);
      boolean isNumber = digits > 0 && digits <= LONGEST_LIST_NUMBER && at + digits < end;
      char behind = isNumber ? text.charAt(at + digits) : 0;
      isNumber = isNumber && isBlankAt(at + digits + 1, end);
      if (isNumber && behind == ')') {
        escaped.set(at + digits);
        return;
      }
      if (isNumber && behind == '.') {
        at = skipBlanks(at + digits + 1, end);
      } else if (c == '>' || (spaced && (c == '-' || c == '*'))) {
        at = skipBlanks(at + 1, end);
      } else {
        return;
      }
    }
  }

  /** A rule, the line below a heading, the border of a table, or a fence of tildes. */
  private boolean escapesRule(int at, int end) {
    char c = text.charAt(at);
    if (c == '~') {
      int run = run(at, end);
      if (run >= 3) {
        escaped.set(at, at + run);
      }
      return run >= 3;
    }
    if ("-=*_|:".indexOf(c) < 0) {
      return false;
    }
    int dash = -1;
    boolean same = true;
    for (int i = at; i < end; i++) {
      char each = text.charAt(i);
      if ("-=*_|: \t".indexOf(each) < 0) {
        return false;
      }
      same &= each == c || each == ' ' || each == '\t';
      dash = dash < 0 && each == '-' ? i : dash;
    }
    if (same && c != '|' && c != ':') {
      escaped.set(at);
    } else if (dash >= 0) {
      escaped.set(dash);
    }
    return same || dash >= 0;
  }

  private int skipBlanks(int from, int end) {
    int at = from;
    while (at < end && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
    return at;
  }

  private boolean isBlankAt(int at, int end) {
    return at >= end || text.charAt(at) == ' ' || text.charAt(at) == '\t';
  }

  private int run(int at, int end) {
    int run = at;
    while (run < end && text.charAt(run) == text.charAt(at)) {
      run++;
    }
    return run - at;
  }

  private int digits(int at, int end) {
    int digits = at;
    while (digits < end && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    return digits - at;
  }

  private void literals() {
    int address = 0;
    for (int i = 0; i < text.length(); i++) {
      address = Math.max(address, WhatsAppMarks.addressEnd(text, i));
      if (i >= address && !code.get(i) && !marks.containsKey(i) && isFormatted(i)) {
        escaped.set(i);
      }
    }
  }

  /** Whether Markdown would take this character for a mark. */
  private boolean isFormatted(int i) {
    char c = text.charAt(i);
    return switch (c) {
      case '*', '~' -> isRepeated(c) && !isBetweenSpaces(i);
      case '_' -> isRepeated(c) && !isBetweenSpaces(i) && !isWithinWord(i);
      case '`' -> isRepeated(c);
      case '\\' ->
          i + 1 == text.length()
              || text.charAt(i + 1) == '\n'
              || (PUNCTUATION.indexOf(text.charAt(i + 1)) >= 0
                  && NOT_DOUBLED.indexOf(text.charAt(i + 1)) < 0);
      case '&' -> isEntity(i);
      default -> false;
    };
  }

  /** A single mark has no counterpart. */
  private boolean isRepeated(char c) {
    return text.indexOf(c) != text.lastIndexOf(c);
  }

  private boolean isBetweenSpaces(int i) {
    boolean spaceBefore = i == 0 || WordBorders.isSpace(text.charAt(i - 1));
    boolean spaceBehind = i + 1 == text.length() || WordBorders.isSpace(text.charAt(i + 1));
    return spaceBefore && spaceBehind;
  }

  private boolean isWithinWord(int i) {
    return i > 0
        && i + 1 < text.length()
        && Character.isLetterOrDigit(text.codePointBefore(i))
        && Character.isLetterOrDigit(text.codePointAt(i + 1));
  }

  private boolean isEntity(int i) {
    int end = i + 1;
    while (end < text.length()
        && end - i < LONGEST_ENTITY
        && (text.charAt(end) == '#' || Character.isLetterOrDigit(text.charAt(end)))) {
      end++;
    }
    return end > i + 1 && end < text.length() && text.charAt(end) == ';';
  }
}
