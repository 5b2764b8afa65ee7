package chat.switchboard.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Finds the formatted spans of a text in WhatsApp's form. A mark opens a span at the beginning of a
 * word and closes the span at the end of a word on the same line; three backticks may enclose
 * several lines. Nothing within code and within an address is a mark.
 *
 * <p>WhatsApp describes its marks for users only, not the borders at which marks count: the rules
 * above are those that WhatsApp's applications show. Takes linear time.
 */
public final class WhatsAppMarks {

  private static final String TRAILING = "*_~.,;:!?'\")]}";

  private final String text;
  private final List<Span> spans = new ArrayList<>();
  private final Deque<Integer> open = new ArrayDeque<>();

  /** There is no closing fence, or no closing backtick, before this index. */
  private int noFenceBefore;

  private int noCodeBefore;

  private WhatsAppMarks(String text) {
    this.text = text;
  }

  /** The kind of a span. */
  public enum Kind {
    BOLD("*"),
    ITALIC("_"),
    STRIKE("~"),
    CODE("`"),
    BLOCK("```");

    private final String mark;

    Kind(String mark) {
      this.mark = mark;
    }

    /** The mark before and behind the words. */
    public String mark() {
      return mark;
    }
  }

  /**
   * A formatted span.
   *
   * @param start the index of the opening mark
   * @param end the index behind the closing mark
   */
  public record Span(Kind kind, int start, int end) {

    /** The index of the first formatted character. */
    public int from() {
      return start + kind.mark().length();
    }

    /** The index behind the last formatted character. */
    public int to() {
      return end - kind.mark().length();
    }
  }

  /** Returns the spans, which are nested or apart, in the order of their beginnings. */
  public static List<Span> in(String text) {
    return new WhatsAppMarks(text).find();
  }

  private List<Span> find() {
    int at = 0;
    while (at < text.length()) {
      at = step(at);
    }
    spans.sort(Comparator.comparingInt(Span::start));
    return spans;
  }

  private int step(int at) {
    char c = text.charAt(at);
    switch (c) {
      case '\n', '\r' -> open.clear();
      case '`' -> {
        return code(at);
      }
      case '*', '_', '~' -> mark(at, c);
      default -> {
        return Math.max(at + 1, addressEnd(at));
      }
    }
    return at + 1;
  }

  // --- Emphasis

  private void mark(int at, char c) {
    int opening = openingOf(c);
    boolean closes =
        opening >= 0
            && at > opening + 1
            && !WordBorders.isSpace(text.codePointBefore(at))
            && text.charAt(at - 1) != c
            && !text.startsWith(String.valueOf(c), at + 1)
            && !WordBorders.beginsWord(text, at + 1);
    if (closes) {
      while (open.getFirst() != opening) {
        open.pop();
      }
      open.pop();
      spans.add(new Span(kind(c), opening, at + 1));
      return;
    }
    boolean opens =
        opening < 0
            && at + 1 < text.length()
            && text.charAt(at + 1) != c
            && (at == 0 || text.charAt(at - 1) != c)
            && !WordBorders.isSpace(text.codePointAt(at + 1))
            && !WordBorders.endsWord(text, at);
    if (opens) {
      open.push(at);
    }
  }

  /** Returns the index of the open mark of this kind; -1 if there is none. */
  private int openingOf(char c) {
    for (int at : open) {
      if (text.charAt(at) == c) {
        return at;
      }
    }
    return -1;
  }

  private static Kind kind(char c) {
    return switch (c) {
      case '*' -> Kind.BOLD;
      case '_' -> Kind.ITALIC;
      default -> Kind.STRIKE;
    };
  }

  // --- Code

  private int code(int at) {
    int run = run(at);
    if (run == 3 && at >= noFenceBefore) {
      int close = text.indexOf("```", at + run);
      if (close < 0) {
        noFenceBefore = text.length();
      } else if (!text.substring(at + run, close).isBlank()) {
        spans.add(new Span(Kind.BLOCK, at, close + 3));
        if (text.indexOf('\n', at) < close && text.indexOf('\n', at) >= 0) {
          open.clear();
        }
        return close + 3;
      }
    }
    if (run == 1 && at >= noCodeBefore) {
      int close = closingBacktick(at + 1);
      if (close > at + 1 && !text.substring(at + 1, close).isBlank()) {
        spans.add(new Span(Kind.CODE, at, close + 1));
        return close + 1;
      }
    }
    return at + run;
  }

  private int closingBacktick(int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) != '\n') {
      int run = run(at);
      if (run == 1) {
        return at;
      }
      at += Math.max(1, run);
    }
    noCodeBefore = at;
    return -1;
  }

  private int run(int at) {
    int end = at;
    while (end < text.length() && text.charAt(end) == '`') {
      end++;
    }
    return end - at;
  }

  // --- Addresses

  /** Returns the end of the address that begins here; this index if none begins. */
  private int addressEnd(int at) {
    char c = text.charAt(at);
    boolean mayBe =
        (c == 'h' || c == 'H' || c == 'w' || c == 'W')
            && (at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1)))
            && isAddress(at);
    if (!mayBe) {
      return at;
    }
    int end = at;
    while (end < text.length()
        && !WordBorders.isSpace(text.charAt(end))
        && "<>`".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    while (end > at && TRAILING.indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return end;
  }

  private boolean isAddress(int at) {
    return text.regionMatches(true, at, "https://", 0, 8)
        || text.regionMatches(true, at, "http://", 0, 7)
        || text.regionMatches(true, at, "www.", 0, 4);
  }

  /** Returns the end of an address that begins at this index; the index if none begins. */
  static int addressEnd(String text, int at) {
    return new WhatsAppMarks(text).addressEnd(at);
  }
}
