package chat.switchboard.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The emphasis of a paragraph, written with WhatsApp's marks. WhatsApp formats whole words on one
 * line: emphasis within a word is left out, emphasis over several lines is repeated on each line,
 * and bold type within bold type is the same bold type. All indexes are those of the paragraph's
 * output.
 */
final class MarkedSpans {

  private static final StringBuilder NOTHING = new StringBuilder(0);

  /** One line: the indexes of its first word and of its end. */
  private static final class Line {
    final int from;
    int to;

    Line(int from) {
      this.from = from;
    }
  }

  /**
   * @param from the index behind the opening marks of Markdown
   * @param to the index of the closing marks
   */
  private record Span(char mark, int from, int to) {}

  private final List<Line> lines = new ArrayList<>();
  private final List<Span> spans = new ArrayList<>();

  /**
   * Notes the begin of a line.
   *
   * @param end the end of the line before
   * @param from the index of the first word behind the prefix
   */
  void line(int end, int from) {
    if (!lines.isEmpty()) {
      lines.get(lines.size() - 1).to = end;
    }
    lines.add(new Line(from));
  }

  /** Forgets the lines behind this index, at which the output was cut. */
  void cut(int length) {
    while (lines.size() > 1 && lines.get(lines.size() - 1).from > length) {
      lines.remove(lines.size() - 1);
    }
  }

  void pair(char mark, int from, int to) {
    spans.add(new Span(mark, from, to));
  }

  /**
   * Returns the output with WhatsApp's marks.
   *
   * @param deleted Markdown's own marks
   */
  String write(StringBuilder out, BitSet deleted, boolean isHeading) {
    lines.get(lines.size() - 1).to = out.length();
    if (isHeading) {
      spans.add(new Span('*', lines.get(0).from, out.length()));
    }
    TreeMap<Integer, StringBuilder> opening = new TreeMap<>();
    TreeMap<Integer, StringBuilder> closing = new TreeMap<>();
    for (Span span : outermost()) {
      boolean isInWord =
          WordBorders.endsWord(out, span.from(), deleted)
              || WordBorders.beginsWord(out, span.to(), deleted);
      if (!isInWord) {
        mark(span, out, deleted, opening, closing);
      }
    }
    StringBuilder text = new StringBuilder(out.length() + 16);
    for (int i = 0; i <= out.length(); i++) {
      text.append(closing.getOrDefault(i, NOTHING)).append(opening.getOrDefault(i, NOTHING));
      if (i < out.length() && !deleted.get(i)) {
        text.append(out.charAt(i));
      }
    }
    return text.toString();
  }

  /** The spans without those that lie within a span of the same mark. */
  private List<Span> outermost() {
    spans.sort(
        Comparator.comparingInt(Span::from).thenComparing(Span::to, Comparator.reverseOrder()));
    List<Span> outermost = new ArrayList<>();
    Map<Character, Integer> until = new HashMap<>();
    for (Span span : spans) {
      if (span.from() >= until.getOrDefault(span.mark(), 0)) {
        outermost.add(span);
        until.put(span.mark(), span.to());
      }
    }
    return outermost;
  }

  private void mark(
      Span span,
      StringBuilder out,
      BitSet deleted,
      Map<Integer, StringBuilder> opening,
      Map<Integer, StringBuilder> closing) {
    for (int i = lineOf(span.from()); i < lines.size() && lines.get(i).from <= span.to(); i++) {
      int from = Math.max(span.from(), lines.get(i).from);
      int to = Math.min(span.to(), lines.get(i).to);
      while (from < to && isBlank(out, from, deleted)) {
        from++;
      }
      while (to > from && isBlank(out, to - 1, deleted)) {
        to--;
      }
      if (from < to) {
        opening.computeIfAbsent(from, at -> new StringBuilder()).append(span.mark());
        closing.computeIfAbsent(to, at -> new StringBuilder()).insert(0, span.mark());
      }
    }
  }

  private static boolean isBlank(StringBuilder out, int at, BitSet deleted) {
    return deleted.get(at) || WordBorders.isSpace(out.charAt(at));
  }

  private int lineOf(int index) {
    int low = 0;
    int high = lines.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (lines.get(middle).from <= index) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
