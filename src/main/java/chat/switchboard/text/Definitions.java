package chat.switchboard.text;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The link reference definitions of a Markdown text: {@code [label]: address "title"} on a line of
 * its own. A definition that no link uses would disappear, and therefore stays as written.
 */
final class Definitions {

  /** A longer label does not count as a label, because each look-up costs its length. */
  static final int LONGEST_LABEL = 200;

  /**
   * @param label the label that links use
   * @param address the target of these links
   */
  record Definition(String label, String address) {}

  private final Map<String, String> addresses = new HashMap<>();
  private final Set<String> shown = new HashSet<>();

  /** The number of code units of addresses that may still replace labels. */
  private int left;

  /**
   * @param length the length of the whole text; addresses at most double the length
   */
  Definitions(int length) {
    left = length;
  }

  void add(Definition definition) {
    addresses.putIfAbsent(normal(definition.label()), definition.address());
  }

  boolean isEmpty() {
    return addresses.isEmpty();
  }

  /** Returns the address of a label, which is then written into the text. */
  Optional<String> use(String label) {
    String name = normal(label);
    String address = addresses.get(name);
    if (address == null || address.length() > left) {
      return Optional.empty();
    }
    left -= address.length();
    shown.add(name);
    return Optional.of(address);
  }

  /** Whether the text already shows the address of this definition. */
  boolean isShown(String label, String address) {
    String name = normal(label);
    return shown.contains(name) && address.equals(addresses.get(name));
  }

  private static String normal(String label) {
    return label.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
  }

  /** Returns the definition on this line; empty if the line is not a definition. */
  static Optional<Definition> read(String line) {
    if (!line.startsWith("[")) {
      return Optional.empty();
    }
    int end = line.indexOf("]:");
    String label = end < 1 || end > LONGEST_LABEL ? "" : line.substring(1, end);
    boolean isLabel =
        !label.isBlank()
            && label.indexOf('[') < 0
            && label.indexOf(']') < 0
            && label.charAt(0) != '^';
    if (!isLabel) {
      return Optional.empty();
    }
    String rest = line.substring(end + 2).strip();
    int space = 0;
    while (space < rest.length() && !Character.isWhitespace(rest.charAt(space))) {
      space++;
    }
    String address = rest.substring(0, space);
    String title = rest.substring(space).strip();
    boolean isTitle =
        title.isEmpty()
            || (title.length() > 1
                && "\"'(".indexOf(title.charAt(0)) >= 0
                && "\"')".indexOf(title.charAt(title.length() - 1)) >= 0);
    if (address.startsWith("<") && address.endsWith(">")) {
      address = address.substring(1, address.length() - 1);
    }
    return address.isEmpty() || !isTitle
        ? Optional.empty()
        : Optional.of(new Definition(label, address));
  }
}
