package chat.switchboard.twilio;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The string that Twilio signs: the URL of the call, then name and value of each field without
 * separators, sorted by name; a repeated field counts once for each distinct value, sorted (<a
 * href="https://www.twilio.com/docs/usage/security#validating-requests">Twilio's description</a>).
 *
 * @param text the whole string, which shows no borders
 * @param parts the fields of this request, with their borders
 */
record SignedString(String text, List<Part> parts) {

  /** The order of code points, as Python sorts. */
  static final Comparator<String> BY_CODE_POINT =
      (one, other) -> {
        for (int i = 0; i < one.length() && i < other.length(); i++) {
          char a = one.charAt(i);
          char b = other.charAt(i);
          if (a != b) {
            boolean differ = Character.isSurrogate(a) != Character.isSurrogate(b);
            return differ
                ? Boolean.compare(Character.isSurrogate(a), Character.isSurrogate(b))
                : Character.compare(a, b);
          }
        }
        return Integer.compare(one.length(), other.length());
      };

  /**
   * A field within the text: the name begins at {@code start}, the value extends from {@code value}
   * to {@code end}.
   */
  record Part(String name, int start, int value, int end) {}

  /** Returns the string sorted by UTF-16 code units, as Java and JavaScript sort. */
  static SignedString of(String url, Map<String, List<String>> fields) {
    return of(url, fields, Comparator.naturalOrder());
  }

  static SignedString of(String url, Map<String, List<String>> fields, Comparator<String> order) {
    StringBuilder text = new StringBuilder(url);
    List<Part> parts = new ArrayList<>(fields.size());
    Map<String, List<String>> sorted = new TreeMap<>(order);
    sorted.putAll(fields);
    sorted.forEach(
        (name, values) ->
            values.stream()
                .distinct()
                .sorted(order)
                .forEach(
                    value -> {
                      int start = text.length();
                      text.append(name);
                      int border = text.length();
                      text.append(value);
                      parts.add(new Part(name, start, border, text.length()));
                    }));
    return new SignedString(text.toString(), parts);
  }

  /** Whether the two orders differ for these fields: only then does the order matter. */
  static boolean isOrderAmbiguous(Map<String, List<String>> fields) {
    return fields.entrySet().stream()
        .anyMatch(
            field ->
                hasSurrogate(field.getKey())
                    || (field.getValue().size() > 1
                        && field.getValue().stream().anyMatch(SignedString::hasSurrogate)));
  }

  private static boolean hasSurrogate(String text) {
    return text.chars().anyMatch(unit -> Character.isSurrogate((char) unit));
  }
}
