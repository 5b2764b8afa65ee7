package chat.switchboard.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The choices with which an agent's answer ends: a fenced block {@code choices} with one choice on
 * each line.
 *
 * @param words the Markdown before the block; may be blank
 * @param titles the choices as plain text
 */
public record Choices(String words, List<String> titles) {

  private static final String FENCE = "```";
  private static final String OPENING = "```choices";
  private static final int MOST = 10;

  /** Up to this number a channel shows the choices as buttons. */
  private static final int MOST_BUTTONS = 3;

  /** WhatsApp's limit for the title of a button, in UTF-16 code units. */
  private static final int LONGEST_BUTTON = 20;

  /** WhatsApp's limit for the title of a line of a list. */
  private static final int LONGEST_LINE = 24;

  /** Lines of a block that is looked at, and their length; longer ones are no choices. */
  private static final int MOST_LINES = 40;

  private static final int LONGEST = 1_000;

  private static final Pattern LIST_MARK = Pattern.compile("^(?:[-*+]|[0-9]{1,2}[.)])\\s+");

  /** Returns the block at the end of this Markdown; empty if there is none. */
  public static Optional<Choices> in(String markdown) {
    String text = markdown.stripTrailing();
    if (!text.endsWith(FENCE)) {
      return Optional.empty();
    }
    int end = text.lastIndexOf('\n');
    int lines = 0;
    int from = end;
    while (from >= 0 && lines++ < MOST_LINES && text.substring(end + 1).strip().equals(FENCE)) {
      int start = text.lastIndexOf('\n', from - 1) + 1;
      String line = text.substring(start, from).strip();
      if (line.equals(OPENING)) {
        List<String> titles =
            from >= end ? List.of() : titles(text.substring(from + 1, end).lines().toList());
        return titles.isEmpty()
            ? Optional.empty()
            : Optional.of(new Choices(text.substring(0, start).stripTrailing(), titles));
      }
      if (line.startsWith(FENCE) || start == 0) {
        return Optional.empty();
      }
      from = start - 1;
    }
    return Optional.empty();
  }

  private static List<String> titles(List<String> lines) {
    List<String> titles = new ArrayList<>();
    for (String line : lines) {
      if (!line.isBlank() && line.length() <= LONGEST) {
        String words = LIST_MARK.matcher(line.strip()).replaceFirst("");
        titles.add(ShownText.line(PlainText.of(words), LONGEST));
      }
    }
    titles.removeIf(String::isEmpty);
    return List.copyOf(titles);
  }

  /**
   * Whether a channel can offer these choices: 1 to 10 different ones that are not longer than
   * WhatsApp allows. Other choices are words of the text.
   */
  public boolean mayBeOffered() {
    int longest = isForButtons() ? LONGEST_BUTTON : LONGEST_LINE;
    return titles.size() <= MOST
        && new HashSet<>(titles).size() == titles.size()
        && titles.stream().allMatch(title -> title.length() <= longest);
  }

  /** Whether the choices are few enough for buttons. */
  public boolean isForButtons() {
    return titles.size() <= MOST_BUTTONS;
  }

  /**
   * Returns the text with the choices below, each with its number if the choices can be offered.
   *
   * @param plain the words as the channel shows words
   */
  public String below(String plain) {
    StringBuilder text = new StringBuilder(plain.stripTrailing());
    boolean isNumbered = mayBeOffered();
    for (int i = 0; i < titles.size(); i++) {
      text.append(i == 0 && text.isEmpty() ? "" : i == 0 ? "\n\n" : "\n");
      text.append(isNumbered ? (i + 1) + ". " : "- ").append(titles.get(i));
    }
    return text.toString();
  }

  /**
   * Reads a text that is a number and nothing else, such as {@code 2}, {@code 2.} or {@code ２）}, in
   * the digits of any script.
   */
  public static OptionalInt number(String text) {
    String words = text.strip();
    int end = words.length();
    if (end > 1 && ".)．）。".indexOf(words.charAt(end - 1)) >= 0) {
      end--;
    }
    int[] digits = words.substring(0, end).codePoints().limit(3).toArray();
    boolean isNumber =
        digits.length > 0
            && digits.length < 3
            && Arrays.stream(digits).allMatch(digit -> Character.digit(digit, 10) >= 0);
    return isNumber
        ? OptionalInt.of(
            Arrays.stream(digits)
                .map(digit -> Character.digit(digit, 10))
                .reduce(0, (a, b) -> 10 * a + b))
        : OptionalInt.empty();
  }
}
