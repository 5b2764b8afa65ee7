package chat.switchboard.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Removes the marks within a paragraph of Markdown. The rules are stricter than CommonMark's, so
 * that no meaningful character is lost: characters within words, single characters beside a digit
 * ({@code *131*2#}, {@code 5*3*2}), and characters in an address, a path or code are not marks.
 * Takes linear time: each look-ahead is bounded or consumes the characters that it reads.
 */
final class PlainInline {

  private static final int LONGEST_ADDRESS = 2048;
  private static final int LONGEST_SCHEME = 32;

  /** Parentheses within an address; CommonMark requires at least three. */
  private static final int DEEPEST = 8;

  private static final int LONGEST_RUN = 3;
  private static final int LONGEST_ENTITY = 10;

  /** The named characters that agents write; other names stay as written. */
  private static final Map<String, String> ENTITIES =
      Map.ofEntries(
          Map.entry("amp", "&"),
          Map.entry("lt", "<"),
          Map.entry("gt", ">"),
          Map.entry("quot", "\""),
          Map.entry("apos", "'"),
          Map.entry("nbsp", "\u00A0"),
          Map.entry("copy", "©"),
          Map.entry("reg", "®"),
          Map.entry("trade", "™"),
          Map.entry("deg", "°"),
          Map.entry("euro", "€"),
          Map.entry("pound", "£"),
          Map.entry("ndash", "–"),
          Map.entry("mdash", "—"),
          Map.entry("hellip", "…"),
          Map.entry("lsquo", "‘"),
          Map.entry("rsquo", "’"),
          Map.entry("ldquo", "“"),
          Map.entry("rdquo", "”"),
          Map.entry("bull", "•"));

  private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

  /**
   * Beside one of these characters, on the side away from the words, a single mark is not emphasis.
   */
  private static final String OUTSIDE_BEFORE = ")]}/\\@#$%&=+";

  private static final String OUTSIDE_BEHIND = "([{/\\@#$%&=+";

  /** The same on the side of the words. */
  private static final String INSIDE = "#+/\\@%=";

  private final String source;
  private final List<String> prefixes;
  private final Definitions definitions;
  private final Pictures pictures;
  private final Markup markup;
  private final StringBuilder out;
  private final BitSet deleted = new BitSet();
  private final List<Run> runs = new ArrayList<>();
  private final MarkedSpans spans = new MarkedSpans();
  private final Deque<Bracket> brackets = new ArrayDeque<>();
  private @Nullable Map<Integer, Deque<Integer>> backticks;
  private int line;

  /** The index in the output at which the words of the line begin. */
  private int wordsFrom;

  /** No character before this index is a mark: the text is an address or a path. */
  private int plainUntil;

  /** A run of one mark that may open or close emphasis. */
  private static final class Run {
    final char mark;
    final int at;
    final int length;
    final boolean opens;
    final boolean closes;

    /** The number of marks of the run that are paired. */
    int used;

    /** The next unpaired run with the same mark below this run; -1 if there is none. */
    int below;

    Run(char mark, int at, int length, boolean opens, boolean closes) {
      this.mark = mark;
      this.at = at;
      this.length = length;
      this.opens = opens;
      this.closes = closes;
    }

    int left() {
      return length - used;
    }
  }

  /**
   * A bracket that may open a link.
   *
   * @param at the index in the output
   * @param marks 1, or 2 with an image's exclamation mark
   * @param from the index in the source at which the label begins
   */
  private record Bracket(int at, int marks, int from) {}

  /**
   * @param source a paragraph, its lines without their prefixes
   * @param prefixes the prefix of each line
   */
  PlainInline(
      String source,
      List<String> prefixes,
      Definitions definitions,
      Pictures pictures,
      Markup markup) {
    this.source = source;
    this.prefixes = prefixes;
    this.definitions = definitions;
    this.pictures = pictures;
    this.markup = markup;
    this.out = new StringBuilder(source.length() + 16).append(prefixes.get(0));
    this.wordsFrom = out.length();
    spans.line(0, wordsFrom);
  }

  /**
   * Returns the paragraph without its marks, or with the marks of WhatsApp.
   *
   * @param isHeading whether the paragraph is a heading, which WhatsApp shows in bold type
   */
  String text(boolean isHeading) {
    int at = 0;
    while (at < source.length()) {
      at = step(at);
    }
    stripLineEnd();
    match();
    if (markup == Markup.WHATSAPP) {
      return spans.write(out, deleted, isHeading);
    }
    if (deleted.isEmpty()) {
      return out.toString();
    }
    StringBuilder plain = new StringBuilder(out.length());
    for (int i = 0; i < out.length(); i++) {
      if (!deleted.get(i)) {
        plain.append(out.charAt(i));
      }
    }
    return plain.toString();
  }

  /** Processes the characters at this index; returns the index behind them. */
  private int step(int at) {
    char c = source.charAt(at);
    if (c == '\n') {
      newLine();
      return at + 1;
    }
    if (at < plainUntil) {
      out.append(c);
      return at + 1;
    }
    int end = plainEnd(at);
    if (end > at) {
      plainUntil = end;
      out.append(c);
      return at + 1;
    }
    return switch (c) {
      case '\\' -> escape(at);
      case '`' -> code(at);
      case '<' -> angle(at);
      case '&' -> entity(at);
      case '[' -> bracket(at, 1);
      case '!' ->
          at + 1 < source.length() && source.charAt(at + 1) == '[' ? bracket(at, 2) : copy(at);
      case ']' -> closingBracket(at);
      case '*', '_', '~' -> run(at, c);
      default -> copy(at);
    };
  }

  private int copy(int at) {
    out.append(source.charAt(at));
    return at + 1;
  }

  private void newLine() {
    stripLineEnd();
    startLine();
  }

  private void startLine() {
    int end = out.length();
    out.append('\n').append(prefixes.get(++line));
    wordsFrom = out.length();
    spans.line(end, wordsFrom);
  }

  /** Two spaces at the end of a line are a mark for a line break. */
  private void stripLineEnd() {
    int end = out.length();
    while (end > wordsFrom && out.charAt(end - 1) == ' ') {
      end--;
    }
    out.setLength(end);
  }

  private int escape(int at) {
    char next = at + 1 < source.length() ? source.charAt(at + 1) : 0;
    if (next == '\n') {
      return at + 1;
    }
    if (next != 0 && PUNCTUATION.indexOf(next) >= 0) {
      out.append(next);
      return at + 2;
    }
    return copy(at);
  }

  // --- Code

  private int code(int at) {
    int length = length(at, '`');
    int close = closingBackticks(at + length, length);
    if (close < 0) {
      out.append(source, at, at + length);
      return at + length;
    }
    int from = at + length;
    int to = close;
    // The single space that separates a backtick of the code from the marks.
    if (length > 1 && to - from > 2 && source.charAt(from) == ' ' && source.charAt(to - 1) == ' ') {
      from++;
      to--;
    }
    boolean marked =
        markup == Markup.WHATSAPP
            && !source.substring(from, to).isBlank()
            && source.indexOf("`", from) >= to;
    out.append(marked ? "`" : "");
    for (int i = from; i < to; i++) {
      if (source.charAt(i) == '\n' && marked) {
        // WhatsApp's code ends with the line.
        out.append(' ');
        line++;
      } else if (source.charAt(i) == '\n') {
        startLine();
      } else {
        out.append(source.charAt(i));
      }
    }
    out.append(marked ? "`" : "");
    return close + length;
  }

  /**
   * Returns the index of the next run of exactly this length, at or behind this index; -1 if there
   * is none.
   */
  private int closingBackticks(int from, int length) {
    if (backticks == null) {
      backticks = new HashMap<>();
      for (int i = 0; i < source.length(); i++) {
        if (source.charAt(i) == '`') {
          int run = length(i, '`');
          backticks.computeIfAbsent(run, same -> new ArrayDeque<>()).add(i);
          i += run - 1;
        }
      }
    }
    Deque<Integer> places = backticks.getOrDefault(length, new ArrayDeque<>());
    while (!places.isEmpty() && places.peek() < from) {
      places.poll();
    }
    return places.isEmpty() ? -1 : places.peek();
  }

  private int length(int at, char mark) {
    int end = at;
    while (end < source.length() && source.charAt(end) == mark) {
      end++;
    }
    return end - at;
  }

  // --- Addresses and paths

  /** Returns the end of an address or a path that begins here; this index if none begins. */
  private int plainEnd(int at) {
    char c = source.charAt(at);
    char before = at == 0 ? ' ' : source.charAt(at - 1);
    if (Character.isLetterOrDigit(before)) {
      return at;
    }
    if (isAsciiLetter(c)) {
      if (source.startsWith(":\\", at + 1)) {
        return wordEnd(at);
      }
      return isAddress(at) ? addressEnd(at) : at;
    }
    boolean starts = Character.isWhitespace(before) || "([{\"'*_~>|".indexOf(before) >= 0;
    if (starts && (c == '\\' || c == '/' || c == '.')) {
      return isPath(at) ? wordEnd(at) : at;
    }
    return at;
  }

  private boolean isAddress(int at) {
    if (source.regionMatches(true, at, "www.", 0, 4)) {
      return true;
    }
    int end = at;
    while (end < source.length() && end - at < LONGEST_SCHEME && isSchemePart(source.charAt(end))) {
      end++;
    }
    return source.startsWith("://", end) || source.regionMatches(true, at, "mailto:", 0, 7);
  }

  private static boolean isSchemePart(char c) {
    return isAsciiLetter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  }

  private static boolean isAsciiLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /** A server's share, or a path from the root or the folder. */
  private boolean isPath(int at) {
    int words = at;
    while (words < source.length() && words - at < 3 && "\\/.".indexOf(source.charAt(words)) >= 0) {
      words++;
    }
    boolean named =
        words < source.length()
            && (Character.isLetterOrDigit(source.charAt(words)) || source.charAt(words) == '_');
    if (!named) {
      return false;
    }
    return switch (source.substring(at, words)) {
      case "\\\\" -> {
        int end = words;
        while (end < source.length() && Character.isLetterOrDigit(source.charAt(end))) {
          end++;
        }
        yield end < source.length() && source.charAt(end) == '\\';
      }
      case "/", "./", "../" -> true;
      default -> false;
    };
  }

  private int addressEnd(int at) {
    int end = at;
    int parentheses = 0;
    while (end < source.length()) {
      char c = source.charAt(end);
      if (Character.isWhitespace(c) || "<>\"`[]|".indexOf(c) >= 0) {
        break;
      }
      parentheses += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (parentheses < 0) {
        break;
      }
      end++;
    }
    return withoutMarksBehind(at, end);
  }

  private int wordEnd(int at) {
    int end = at;
    while (end < source.length()
        && !Character.isWhitespace(source.charAt(end))
        && "`\"|".indexOf(source.charAt(end)) < 0
        && !source.startsWith("](", end)) {
      end++;
    }
    return withoutMarksBehind(at, end);
  }

  private int withoutMarksBehind(int at, int end) {
    int last = end;
    while (last > at + 1 && "*_~.,;:!?'".indexOf(source.charAt(last - 1)) >= 0) {
      last--;
    }
    return last;
  }

  /** {@code <https://…>}, {@code <a@example.com>}, or a tag, which stays. */
  private int angle(int at) {
    int end = at + 1;
    boolean spaces = false;
    while (end < source.length()) {
      char c = source.charAt(end);
      if (c == '>' || c == '<' || c == '\n') {
        break;
      }
      spaces |= c == ' ' || c == '\t';
      end++;
    }
    if (end == source.length() || source.charAt(end) != '>') {
      return copy(at);
    }
    String inner = source.substring(at + 1, end);
    if (!spaces && isAutolink(inner)) {
      out.append(bare(inner));
      return end + 1;
    }
    char first = inner.isEmpty() ? 0 : inner.charAt(0);
    if (isAsciiLetter(first) || first == '/' || first == '!') {
      out.append(source, at, end + 1);
      return end + 1;
    }
    return copy(at);
  }

  private static boolean isAutolink(String inner) {
    int colon = inner.indexOf(':');
    if (colon > 1 && colon <= LONGEST_SCHEME && isAsciiLetter(inner.charAt(0))) {
      return inner.chars().limit(colon).allMatch(c -> isSchemePart((char) c));
    }
    int at = inner.indexOf('@');
    return at > 0
        && at == inner.lastIndexOf('@')
        && inner.indexOf('.', at) > at + 1
        && !inner.endsWith(".");
  }

  private static String bare(String address) {
    return address.startsWith("mailto:")
        ? address.substring("mailto:".length())
        : address.startsWith("tel:") ? address.substring("tel:".length()) : address;
  }

  // --- Characters by name

  private int entity(int at) {
    int end = at + 1;
    while (end < source.length()
        && end - at <= LONGEST_ENTITY
        && (Character.isLetterOrDigit(source.charAt(end)) || source.charAt(end) == '#')) {
      end++;
    }
    if (end == source.length() || source.charAt(end) != ';') {
      return copy(at);
    }
    String name = source.substring(at + 1, end);
    Optional<String> character =
        name.startsWith("#")
            ? byNumber(name.substring(1))
            : Optional.ofNullable(ENTITIES.get(name));
    if (character.isEmpty()) {
      return copy(at);
    }
    out.append(character.get());
    return end + 1;
  }

  private static Optional<String> byNumber(String number) {
    try {
      boolean hexadecimal = number.startsWith("x") || number.startsWith("X");
      int c = hexadecimal ? Integer.parseInt(number.substring(1), 16) : Integer.parseInt(number);
      boolean fits = c >= ' ' && Character.isValidCodePoint(c) && (c < 0xD800 || c > 0xDFFF);
      return fits ? Optional.of(Character.toString(c)) : Optional.empty();
    } catch (NumberFormatException none) {
      return Optional.empty();
    }
  }

  // --- Links

  private int bracket(int at, int marks) {
    brackets.push(new Bracket(out.length(), marks, at + marks));
    out.append(source, at, at + marks);
    return at + marks;
  }

  private int closingBracket(int at) {
    Bracket opening = brackets.poll();
    if (opening == null) {
      return copy(at);
    }
    Target target =
        at + 1 < source.length() && source.charAt(at + 1) == '(' ? inline(at + 2) : null;
    if (target == null && !definitions.isEmpty()) {
      target = reference(opening, at);
    }
    if (target == null) {
      return copy(at);
    }
    if (opening.marks() == 2 && pictures.isDropped(target.address())) {
      return drop(opening, at, target);
    }
    int start = opening.at() + opening.marks();
    String label = out.length() - start > LONGEST_ADDRESS ? "…" : out.substring(start).strip();
    String bare = bare(target.address());
    deleted.set(opening.at(), start);
    if (label.isEmpty()) {
      out.append(bare);
    } else if (label.equals(target.address()) || label.equals(bare)) {
      deleted.clear(start, out.length());
      out.replace(start, out.length(), bare);
      while (!runs.isEmpty() && runs.get(runs.size() - 1).at >= start) {
        runs.remove(runs.size() - 1);
      }
    } else if (!target.address().isEmpty()) {
      out.append(" (").append(target.address()).append(')');
    }
    if (opening.marks() == 1) {
      // A link cannot contain another link.
      brackets.clear();
    }
    plainUntil = 0;
    for (int i = at; i < target.end(); i++) {
      line += source.charAt(i) == '\n' ? 1 : 0;
    }
    return target.end();
  }

  /** The picture goes out beside the text. */
  private int drop(Bracket opening, int at, Target target) {
    out.setLength(opening.at());
    spans.cut(opening.at());
    deleted.clear(opening.at(), Math.max(opening.at(), deleted.length()));
    while (!runs.isEmpty() && runs.get(runs.size() - 1).at >= opening.at()) {
      runs.remove(runs.size() - 1);
    }
    wordsFrom = Math.min(wordsFrom, out.length());
    plainUntil = 0;
    for (int i = at; i < target.end(); i++) {
      line += source.charAt(i) == '\n' ? 1 : 0;
    }
    boolean isBetweenSpaces =
        (out.length() == wordsFrom || out.charAt(out.length() - 1) == ' ')
            && target.end() < source.length()
            && source.charAt(target.end()) == ' ';
    return target.end() + (isBetweenSpaces ? 1 : 0);
  }

  /**
   * @param address the target of the link
   * @param end the index behind the link
   */
  private record Target(String address, int end) {}

  /** Parses {@code (address "title")}; null if the text does not have this form. */
  private @Nullable Target inline(int from) {
    int start = skipSpaces(from);
    int limit = Math.min(source.length(), start + LONGEST_ADDRESS);
    int end = start;
    String address;
    if (start < limit && source.charAt(start) == '<') {
      end = start + 1;
      while (end < limit && "<>\n".indexOf(source.charAt(end)) < 0) {
        end++;
      }
      if (end == limit || source.charAt(end) != '>') {
        return null;
      }
      address = source.substring(start + 1, end);
      end++;
    } else {
      int parentheses = 0;
      while (end < limit && !Character.isWhitespace(source.charAt(end))) {
        char c = source.charAt(end);
        if (c == '(' && ++parentheses > DEEPEST) {
          return null;
        }
        if (c == ')' && --parentheses < 0) {
          break;
        }
        end++;
      }
      if (end == limit || parentheses > 0) {
        return null;
      }
      address = source.substring(start, end);
    }
    int behind = skipSpaces(end);
    if (behind > end && behind < source.length()) {
      behind = title(behind);
    }
    return behind < source.length() && source.charAt(behind) == ')'
        ? new Target(unescaped(address), behind + 1)
        : null;
  }

  private int skipSpaces(int from) {
    int at = from;
    while (at < source.length()
        && at - from < LONGEST_ADDRESS
        && Character.isWhitespace(source.charAt(at))) {
      at++;
    }
    return at;
  }

  private int title(int at) {
    char quote = source.charAt(at);
    if (quote != '"' && quote != '\'') {
      return at;
    }
    int limit = Math.min(source.length(), at + LONGEST_ADDRESS);
    int end = at + 1;
    while (end < limit && source.charAt(end) != quote) {
      end++;
    }
    return end == limit ? at : skipSpaces(end + 1);
  }

  private static String unescaped(String address) {
    if (address.indexOf('\\') < 0) {
      return address;
    }
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < address.length(); i++) {
      char c = address.charAt(i);
      boolean escapes =
          c == '\\' && i + 1 < address.length() && "()_*".indexOf(address.charAt(i + 1)) >= 0;
      if (!escapes) {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  /**
   * Parses {@code [label][name]}, {@code [label][]} or {@code [label]}; null if the text does not
   * have this form.
   */
  private @Nullable Target reference(Bracket opening, int at) {
    String label =
        at - opening.from() > Definitions.LONGEST_LABEL ? "" : source.substring(opening.from(), at);
    boolean named = at + 1 < source.length() && source.charAt(at + 1) == '[';
    int end = named ? at + 2 : at;
    int limit = Math.min(source.length(), at + Definitions.LONGEST_LABEL);
    while (end < limit && source.charAt(end) != ']') {
      end++;
    }
    if (end >= limit) {
      return null;
    }
    String name = named && end > at + 2 ? source.substring(at + 2, end) : label;
    // "[1]" is a note that refers to its definition.
    boolean isNote = !named && label.chars().allMatch(Character::isDigit);
    if (name.isBlank() || isNote) {
      return null;
    }
    int behind = end + 1;
    return definitions.use(name).map(address -> new Target(address, behind)).orElse(null);
  }

  // --- Emphasis

  private int run(int at, char mark) {
    int length = length(at, mark);
    int end = at + length;
    boolean mayBe = mark == '~' ? length == 2 : length <= LONGEST_RUN;
    if (mayBe) {
      int before = at == 0 ? ' ' : source.codePointBefore(at);
      int behind = end == source.length() ? ' ' : source.codePointAt(end);
      boolean between = ")]}".indexOf(before) >= 0 && "([{".indexOf(behind) >= 0;
      boolean opens =
          !between
              && !isSpace(behind)
              && !endsWord(at, mark)
              && (length > 1 || fits(before, behind, OUTSIDE_BEFORE));
      boolean closes =
          !between
              && !isSpace(before)
              && !isWord(behind, mark)
              && (length > 1 || (fits(behind, before, OUTSIDE_BEHIND) && !isExtension(end)));
      if (opens || closes) {
        runs.add(new Run(mark, out.length(), length, opens, closes));
      }
    }
    out.append(source, at, end);
    return end;
  }

  private static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  /**
   * A single mark beside a digit, or beside a character of codes and paths, belongs to that text.
   */
  private static boolean fits(int outside, int inside, String notOutside) {
    return !Character.isDigit(outside)
        && !Character.isDigit(inside)
        && notOutside.indexOf(outside) < 0
        && INSIDE.indexOf(inside) < 0;
  }

  /** The star of {@code *.txt} */
  private boolean isExtension(int at) {
    return source.startsWith(".", at)
        && at + 1 < source.length()
        && Character.isLetterOrDigit(source.charAt(at + 1));
  }

  private boolean endsWord(int at, char mark) {
    int end = at;
    while (end > 0) {
      int c = source.codePointBefore(end);
      // The base of a keycap is a digit, but the whole keycap is not.
      if (c == 0x20E3 || at - end > 8) {
        return false;
      }
      if (!isMark(c)) {
        return isWord(c, mark);
      }
      end -= Character.charCount(c);
    }
    return false;
  }

  private static boolean isMark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }

  /**
   * A letter or digit. In scripts that write words without spaces, or attach particles to words, a
   * letter beside a mark does not prove that the mark is within a word.
   */
  private static boolean isWord(int c, char mark) {
    if (!Character.isLetterOrDigit(c)) {
      return isMark(c);
    }
    return mark == '_' || Character.isDigit(c) || !isOfScriptWithoutBorders(c);
  }

  private static boolean isOfScriptWithoutBorders(int c) {
    // The prolonged sound mark belongs to two scripts, and so UnicodeScript names neither.
    if (c == 0x30FC || c == 0xFF70) {
      return true;
    }
    return switch (Character.UnicodeScript.of(c)) {
      case HAN, HIRAGANA, KATAKANA, HANGUL, BOPOMOFO, THAI, LAO, KHMER, MYANMAR, TIBETAN -> true;
      default -> false;
    };
  }

  /** Pairs each closing run with the nearest opening run, as CommonMark does. */
  private void match() {
    List<Run> waiting = new ArrayList<>();
    Map<Character, Integer> top = new HashMap<>();
    for (Run run : runs) {
      boolean goesOn = run.closes;
      while (goesOn && run.left() > 0) {
        int at = top.getOrDefault(run.mark, -1);
        goesOn = at >= 0 && pair(waiting.get(at), run);
        if (goesOn) {
          drop(waiting, top, at + (waiting.get(at).left() > 0 ? 1 : 0));
        }
      }
      if (run.opens && run.left() > 0 && run.used == 0) {
        run.below = top.getOrDefault(run.mark, -1);
        top.put(run.mark, waiting.size());
        waiting.add(run);
      }
    }
  }

  /** Removes two single marks, or two double marks; a single and a double mark are not a pair. */
  private boolean pair(Run opening, Run closing) {
    boolean bothDouble = opening.left() >= 2 && closing.left() >= 2;
    boolean fit = bothDouble || (opening.left() != 2 && closing.left() != 2);
    if (!fit || opening.at + opening.length == closing.at) {
      return false;
    }
    int marks = bothDouble ? 2 : 1;
    int inner = opening.at + opening.left();
    deleted.set(inner - marks, inner);
    deleted.set(closing.at + closing.used, closing.at + closing.used + marks);
    spans.pair(
        bothDouble ? opening.mark == '~' ? '~' : '*' : '_', inner, closing.at + closing.used);
    opening.used += marks;
    closing.used += marks;
    return true;
  }

  private static void drop(List<Run> waiting, Map<Character, Integer> top, int from) {
    for (int i = waiting.size() - 1; i >= from; i--) {
      Run dropped = waiting.remove(i);
      top.put(dropped.mark, dropped.below);
    }
  }
}
