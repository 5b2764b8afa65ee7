package chat.switchboard.outbound;

import chat.switchboard.text.WhatsAppMarks;
import chat.switchboard.text.WhatsAppMarks.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Divides a text in WhatsApp's form so that each part shows the same format as the whole text: a
 * format that goes on over a border is closed before the border and opened again behind the border,
 * and so is a quote.
 */
final class FormattedParts {

  /**
   * The room for the marks at both ends of a part: three backticks, or a star, an underscore and a
   * tilde, each with the marks that a border would separate from their words.
   */
  private static final int ROOM = 24;

  private static final String QUOTE = "> ";

  /** WhatsApp reads the mark of a quote or a list at the begin of a line only. */
  private static final Pattern BLOCK_MARK = Pattern.compile("(?:> |[-*] |[0-9]{1,9}\\. )");

  private final String text;
  private final List<Span> spans;
  private int nextSpan;
  private final Deque<Span> open = new ArrayDeque<>();

  private FormattedParts(String text) {
    this.text = text;
    this.spans = WhatsAppMarks.in(text);
  }

  /**
   * Returns the text itself, or its parts with their numbers.
   *
   * @param longest the maximum number of UTF-16 code units of a part with its number
   */
  static List<String> of(String text, int longest) {
    return text.length() <= longest
        ? List.of(text)
        : Parts.numbered(
            room -> new FormattedParts(text).pieces(room - ROOM),
            longest,
            piece -> BLOCK_MARK.matcher(piece).lookingAt());
  }

  private List<String> pieces(int longest) {
    List<String> pieces = new ArrayList<>();
    int start = 0;
    String opening = "";
    while (text.length() - start > longest) {
      int border = aroundMarks(start, start + Parts.length(text, start, longest));
      advance(border);
      pieces.add(opening + closed(text.substring(start, border)));
      opening = opening(border);
      start = border;
    }
    pieces.add(opening + text.substring(start));
    return pieces;
  }

  /** Moves a border that would separate a mark from its words. */
  private int aroundMarks(int start, int cut) {
    int border = cut;
    int line = text.lastIndexOf('\n', border - 1) + 1;
    if (line > start && BLOCK_MARK.matcher(text.substring(line, border)).matches()) {
      border = line;
    }
    for (int i = nextSpan; i < spans.size() && spans.get(i).start() < border; i++) {
      if (border <= spans.get(i).from() && spans.get(i).start() > start) {
        border = spans.get(i).start();
      }
    }
    boolean moved = true;
    while (moved) {
      moved = false;
      for (Span span : candidates(border)) {
        if (span.to() <= border && border < span.end()) {
          border = span.end();
          moved = true;
        }
      }
    }
    return border;
  }

  /** The spans that are open, or that begin before this index. */
  private List<Span> candidates(int border) {
    List<Span> candidates = new ArrayList<>(open);
    for (int i = nextSpan; i < spans.size() && spans.get(i).start() < border; i++) {
      candidates.add(spans.get(i));
    }
    return candidates;
  }

  /** Makes the spans that go on over the border the open ones. */
  private void advance(int border) {
    open.removeIf(span -> span.end() <= border);
    while (nextSpan < spans.size() && spans.get(nextSpan).start() < border) {
      Span span = spans.get(nextSpan++);
      if (span.end() > border) {
        open.add(span);
      }
    }
  }

  /** A closing mark stands directly behind a word. */
  private String closed(String piece) {
    if (open.isEmpty()) {
      return piece;
    }
    String words = piece.stripTrailing();
    StringBuilder closed = new StringBuilder(words);
    open.descendingIterator().forEachRemaining(span -> closed.append(span.kind().mark()));
    return closed.append(piece, words.length(), piece.length()).toString();
  }

  private String opening(int border) {
    StringBuilder opening = new StringBuilder();
    int line = text.lastIndexOf('\n', border - 1) + 1;
    boolean isWithinLine = line < border;
    if (isWithinLine && text.startsWith(QUOTE, line)) {
      opening.append(QUOTE);
    }
    open.forEach(span -> opening.append(span.kind().mark()));
    return opening.toString();
  }
}
