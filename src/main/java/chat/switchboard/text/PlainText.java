package chat.switchboard.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Converts Markdown to plain text for a phone: emphasis marks, heading marks, code fences and table
 * borders are removed, a link becomes {@code label (address)}. Quotes, list numbers and unknown
 * constructs stay as written.
 *
 * <p>There are three reasons against a library. This scanner takes linear time and no recursion:
 * commonmark 0.28 needs 7 s for one table of 16 KB, 15 s for 100,000 angle brackets, and a walk
 * over its syntax tree overflows the stack. This scanner works on the source line by line, so that
 * all other characters stay as written. And the rules for emphasis are stricter than CommonMark's,
 * see {@link PlainInline}.
 */
public final class PlainText {

  /**
   * A longer text is returned unchanged: no agent writes that much for a phone, and the limit
   * bounds the time for a text. In UTF-16 code units.
   */
  static final int LONGEST = 65_536;

  private static final int LONGEST_HEADING_MARK = 6;
  private static final int CODE_INDENT = 4;
  private static final int SHORTEST_FENCE = 3;
  private static final int LONGEST_LIST_NUMBER = 9;

  private final List<Leaf> leaves = new ArrayList<>();
  private final Definitions definitions;
  private final Pictures pictures;
  private final Markup markup;

  /** The paragraphs that are headings. */
  private final Set<Leaf> headings = Collections.newSetFromMap(new IdentityHashMap<>());

  /** The paragraph that further lines may continue; null if none is open. */
  private @Nullable Paragraph open;

  private boolean inList;
  private boolean afterBlank = true;
  private boolean inTable;

  private char fenceMark;
  private int fenceLength;
  private int fenceQuotes;

  private PlainText(int length, Pictures pictures, Markup markup) {
    this.definitions = new Definitions(length);
    this.pictures = pictures;
    this.markup = markup;
  }

  /** A block of the text: one or more whole lines. */
  private sealed interface Leaf {

    /** Lines that stay as written. */
    record Literal(String line) implements Leaf {}

    /** A line between paragraphs. */
    record Blank() implements Leaf {}

    /** Consecutive lines of code. */
    record Code(List<String> lines, boolean indented) implements Leaf {}

    /** A line of a table. */
    record Row(String prefix, List<String> cells) implements Leaf {}

    /** The definition of an address that a link uses by its label. */
    record Definition(String line, String label, String address) implements Leaf {}
  }

  /**
   * Consecutive lines in which marks may span line ends.
   *
   * @param prefixes the prefix of each line: indentation, quote and list marks
   */
  private record Paragraph(List<String> prefixes, StringBuilder words, int quotes)
      implements Leaf {}

  /**
   * @param markdown the text of an agent
   * @return the plain text without surrounding white space; the text itself if it is longer than
   *     65,536 UTF-16 code units, or if the plain text would be empty
   */
  public static String of(String markdown) {
    return of(markdown, Set.of());
  }

  /**
   * The same for a text with pictures that go out beside the text: the words leave these pictures
   * out, and are empty if the text has nothing else.
   *
   * @param pictures the addresses of these pictures in the text
   */
  public static String of(String markdown, Set<String> pictures) {
    return of(markdown, pictures, Markup.PLAIN);
  }

  static String of(String markdown, Set<String> pictures, Markup markup) {
    if (markdown.length() > LONGEST) {
      return markdown;
    }
    PlainText text = new PlainText(markdown.length(), new Pictures(pictures), markup);
    String plain = text.read(markdown).write().strip();
    return plain.isEmpty() && !text.pictures.hasDropped() ? markdown : plain;
  }

  /** Returns the addresses of the pictures in the text, in their order; each once. */
  public static List<String> pictures(String markdown) {
    if (markdown.length() > LONGEST) {
      return List.of();
    }
    PlainText text = new PlainText(markdown.length(), new Pictures(Set.of()), Markup.PLAIN);
    text.read(markdown).write();
    return text.pictures.found();
  }

  private PlainText read(String markdown) {
    List<String> lines = lines(markdown);
    for (int i = 0; i < lines.size(); i++) {
      String next = i + 1 < lines.size() ? lines.get(i + 1) : "";
      if (line(lines.get(i), next)) {
        i++;
      }
    }
    return this;
  }

  /** Not {@link String#lines()}, which leaves out an empty line at the end. */
  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r') {
        lines.add(text.substring(start, i));
        if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
          i++;
        }
        start = i + 1;
      }
    }
    lines.add(text.substring(start));
    return lines;
  }

  /** Processes a line; true if the next line is processed too. */
  private boolean line(String line, String next) {
    if (fenceMark != 0) {
      fenced(line);
      return false;
    }
    if (line.isBlank()) {
      blank();
      return false;
    }
    Prefix prefix = Prefix.of(line);
    String rest = line.substring(prefix.length());
    boolean listGoesOn = prefix.isItem() || !afterBlank || prefix.indent() > 1;
    inList = prefix.isItem() || (inList && listGoesOn);
    if (open != null && (prefix.isItem() || open.quotes() != prefix.quotes())) {
      open = null;
    }
    boolean isCode =
        prefix.indent() >= CODE_INDENT && open == null && !inList && prefix.quotes() == 0;
    if (isCode) {
      indentedCode(withoutCodeIndent(line));
      afterBlank = false;
      return false;
    }
    afterBlank = false;
    if (opensFence(rest)) {
      open = null;
      inTable = false;
      fenceQuotes = prefix.quotes();
      if (prefix.isItem()) {
        leaves.add(new Leaf.Literal(prefix.text().stripTrailing()));
      }
      leaves.add(new Leaf.Code(new ArrayList<>(), false));
      return false;
    }
    return words(prefix, rest, next);
  }

  private void indentedCode(String code) {
    boolean goesOn =
        !leaves.isEmpty()
            && leaves.get(leaves.size() - 1) instanceof Leaf.Code before
            && before.indented();
    if (!goesOn) {
      add(new Leaf.Code(new ArrayList<>(), true));
    }
    ((Leaf.Code) leaves.get(leaves.size() - 1)).lines().add(code);
  }

  private boolean words(Prefix prefix, String rest, String next) {
    if (inTable && rest.indexOf('|') >= 0 && !prefix.isItem()) {
      leaves.add(new Leaf.Row(prefix.text(), cells(rest)));
      return false;
    }
    inTable = false;
    if (rest.indexOf('|') >= 0 && startsTable(rest, next)) {
      open = null;
      inTable = true;
      leaves.add(new Leaf.Row(prefix.text(), cells(rest)));
      return true;
    }
    int heading = headingMark(rest);
    if (heading > 0) {
      open = null;
      paragraph(prefix.text(), withoutClosingMarks(rest.substring(heading)), prefix.quotes());
      headings.add(leaves.get(leaves.size() - 1));
      open = null;
      return false;
    }
    if (isRule(rest, '*')) {
      add(new Leaf.Literal(prefix.text() + "---"));
      return false;
    }
    if (isRule(rest, '-') || isRule(rest, '_')) {
      add(new Leaf.Literal(prefix.text() + rest.stripTrailing()));
      return false;
    }
    if (open != null && isUnderline(rest)) {
      headings.add(open);
      open = null;
      return false;
    }
    if (open == null) {
      Optional<Definitions.Definition> found = Definitions.read(rest);
      if (found.isPresent()) {
        Definitions.Definition definition = found.get();
        definitions.add(definition);
        add(new Leaf.Definition(prefix.text() + rest, definition.label(), definition.address()));
        return false;
      }
      paragraph(prefix.text(), rest, prefix.quotes());
    } else {
      open.prefixes().add(prefix.text());
      open.words().append('\n').append(rest);
    }
    return false;
  }

  private void paragraph(String prefix, String words, int quotes) {
    List<String> prefixes = new ArrayList<>();
    prefixes.add(prefix);
    open = new Paragraph(prefixes, new StringBuilder(words), quotes);
    leaves.add(open);
  }

  private void add(Leaf leaf) {
    open = null;
    leaves.add(leaf);
  }

  private void blank() {
    if (!afterBlank) {
      leaves.add(new Leaf.Blank());
    }
    open = null;
    inTable = false;
    afterBlank = true;
  }

  private static String withoutCodeIndent(String line) {
    return line.charAt(0) == '\t' ? line.substring(1) : line.substring(Math.min(4, spaces(line)));
  }

  private static int spaces(String line) {
    int spaces = 0;
    while (spaces < line.length() && line.charAt(spaces) == ' ') {
      spaces++;
    }
    return spaces;
  }

  private boolean opensFence(String rest) {
    char mark = rest.isEmpty() ? 0 : rest.charAt(0);
    if (mark != '`' && mark != '~') {
      return false;
    }
    int length = run(rest, 0, mark);
    if (length < SHORTEST_FENCE || (mark == '`' && rest.indexOf('`', length) >= 0)) {
      return false;
    }
    fenceMark = mark;
    fenceLength = length;
    return true;
  }

  private void fenced(String line) {
    int start = 0;
    for (int quotes = 0; quotes < fenceQuotes; quotes++) {
      int mark = start;
      while (mark < line.length() && line.charAt(mark) == ' ') {
        mark++;
      }
      if (mark == line.length() || line.charAt(mark) != '>') {
        // The quote ends, and with the quote the code inside.
        fenceMark = 0;
        line(line, "");
        return;
      }
      start = mark + 1;
    }
    String code = line.substring(start).strip();
    boolean closes = code.length() >= fenceLength && run(code, 0, fenceMark) == code.length();
    if (closes) {
      fenceMark = 0;
    } else {
      ((Leaf.Code) leaves.get(leaves.size() - 1)).lines().add(line);
    }
    afterBlank = false;
  }

  private static int run(String text, int from, char mark) {
    int end = from;
    while (end < text.length() && text.charAt(end) == mark) {
      end++;
    }
    return end - from;
  }

  /** Returns the length of a heading's mark with the following space; 0 if there is none. */
  private static int headingMark(String rest) {
    int marks = run(rest, 0, '#');
    if (marks == 0 || marks > LONGEST_HEADING_MARK || marks == rest.length()) {
      return 0;
    }
    int end = marks;
    while (end < rest.length() && (rest.charAt(end) == ' ' || rest.charAt(end) == '\t')) {
      end++;
    }
    return end == marks || end == rest.length() ? 0 : end;
  }

  private static String withoutClosingMarks(String heading) {
    String words = heading.stripTrailing();
    int end = words.length();
    while (end > 0 && words.charAt(end - 1) == '#') {
      end--;
    }
    boolean closed = end < words.length() && end > 0 && words.charAt(end - 1) == ' ';
    return closed ? words.substring(0, end).stripTrailing() : words;
  }

  private static boolean isRule(String rest, char mark) {
    int marks = 0;
    for (int i = 0; i < rest.length(); i++) {
      char c = rest.charAt(i);
      if (c == mark) {
        marks++;
      } else if (c != ' ' && c != '\t') {
        return false;
      }
    }
    return marks >= 3;
  }

  private static boolean isUnderline(String rest) {
    String marks = rest.strip();
    return marks.length() >= 3 && run(marks, 0, '=') == marks.length();
  }

  private static boolean startsTable(String header, String next) {
    String border = next.substring(Prefix.of(next).length()).strip();
    boolean isBorder =
        border.indexOf('-') >= 0
            && border.indexOf('|') >= 0
            && border
                .chars()
                .allMatch(c -> c == '|' || c == '-' || c == ':' || c == ' ' || c == '\t');
    return isBorder && cells(header).size() == cells(border).size();
  }

  private static List<String> cells(String row) {
    List<String> cells = new ArrayList<>();
    String line = row.strip();
    int start = line.startsWith("|") ? 1 : 0;
    StringBuilder cell = new StringBuilder();
    for (int i = start; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length() && line.charAt(i + 1) == '|') {
        cell.append('|');
        i++;
      } else if (c == '|') {
        cells.add(cell.toString().strip());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    if (!cell.toString().isBlank() || !line.endsWith("|")) {
      cells.add(cell.toString().strip());
    }
    return cells;
  }

  private String write() {
    List<String> written = new ArrayList<>(leaves.size());
    BitSet dropped = new BitSet();
    for (Leaf leaf : leaves) {
      int before = pictures.dropped();
      String text = text(leaf);
      if (text.isBlank() && pictures.dropped() > before) {
        dropped.set(written.size());
      }
      written.add(text);
    }
    StringBuilder text = new StringBuilder();
    boolean first = true;
    for (int i = 0; i < leaves.size(); i++) {
      boolean vanishes =
          dropped.get(i)
              || (leaves.get(i) instanceof Leaf.Code code && code.lines().isEmpty())
              // The blank line behind a picture that stood alone.
              || (i > 0 && dropped.get(i - 1) && leaves.get(i) instanceof Leaf.Blank)
              || (leaves.get(i) instanceof Leaf.Definition definition
                  && definitions.isShown(definition.label(), definition.address()));
      if (!vanishes) {
        text.append(first ? "" : "\n").append(written.get(i));
        first = false;
      }
    }
    return text.toString();
  }

  private String text(Leaf leaf) {
    if (leaf instanceof Paragraph paragraph) {
      return new PlainInline(
              paragraph.words().toString(),
              prefixes(paragraph.prefixes()),
              definitions,
              pictures,
              markup)
          .text(headings.contains(leaf));
    }
    if (leaf instanceof Leaf.Code code) {
      return code(code);
    }
    if (leaf instanceof Leaf.Row row) {
      List<String> cells =
          row.cells().stream()
              .map(
                  cell ->
                      new PlainInline(cell, List.of(""), definitions, pictures, markup).text(false))
              .toList();
      return prefix(row.prefix()) + String.join(" | ", cells);
    }
    if (leaf instanceof Leaf.Definition definition) {
      return definition.line();
    }
    return leaf instanceof Leaf.Literal literal ? literal.line() : "";
  }

  private String code(Leaf.Code code) {
    String lines = String.join("\n", code.lines());
    boolean isMarked = markup == Markup.WHATSAPP && mayBeMarked(lines) && !lines.isBlank();
    return isMarked ? "```" + lines + "```" : lines;
  }

  /** WhatsApp does not know code within a quote, and no backticks within code. */
  private static boolean mayBeMarked(String lines) {
    return !lines.startsWith(">") && !lines.contains("```");
  }

  private List<String> prefixes(List<String> prefixes) {
    return prefixes.stream().map(this::prefix).toList();
  }

  /** WhatsApp knows a quote by the space behind the mark. */
  private String prefix(String prefix) {
    return markup == Markup.WHATSAPP ? prefix.replaceAll(">(?! )", "> ") : prefix;
  }

  /**
   * The prefix of a line: indentation, quote marks, list marks.
   *
   * @param text the prefix in the output: a star as a list mark becomes a dash
   * @param length the length of the prefix in the source
   * @param indent the indentation of the first mark or word
   * @param quotes the number of quote marks
   * @param isItem whether the prefix contains a list mark
   */
  private record Prefix(String text, int length, int indent, int quotes, boolean isItem) {

    static Prefix of(String line) {
      StringBuilder text = new StringBuilder();
      int at = 0;
      int indent = -1;
      int quotes = 0;
      boolean item = false;
      while (true) {
        int start = at;
        int columns = 0;
        while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
          columns += line.charAt(at) == '\t' ? 4 : 1;
          at++;
        }
        text.append(line, start, at);
        indent = indent < 0 ? columns : indent;
        char c = at < line.length() ? line.charAt(at) : 0;
        if (c == '>') {
          quotes++;
          at++;
          text.append('>');
          continue;
        }
        boolean isRule = !item && (c == '*' || c == '-') && isRule(line.substring(at), c);
        int mark = isRule ? 0 : listMark(line, at);
        if (mark == 0) {
          return new Prefix(text.toString(), at, indent, quotes, item);
        }
        item = true;
        boolean star = c == '*' && isBeforeWords(line, at + 1);
        text.append(star ? "-" : line.substring(at, at + mark));
        at += mark;
      }
    }

    /** "* 5" may be a product, and "- 5" a negative number. */
    private static boolean isBeforeWords(String line, int from) {
      int at = from;
      while (at < line.length() && line.charAt(at) == ' ') {
        at++;
      }
      return at < line.length() && !Character.isDigit(line.charAt(at));
    }

    /** Returns the length of a list mark at this index; 0 if there is none. */
    private static int listMark(String line, int at) {
      int end = at;
      if (end < line.length() && "-*+".indexOf(line.charAt(end)) >= 0) {
        end++;
      } else {
        while (end < line.length()
            && end - at < LONGEST_LIST_NUMBER
            && line.charAt(end) >= '0'
            && line.charAt(end) <= '9') {
          end++;
        }
        boolean isNumber =
            end > at && end < line.length() && (line.charAt(end) == '.' || line.charAt(end) == ')');
        if (!isNumber) {
          return 0;
        }
        end++;
      }
      boolean isMark = end == line.length() || line.charAt(end) == ' ' || line.charAt(end) == '\t';
      return isMark ? end - at : 0;
    }
  }
}
