package chat.switchboard.hooks;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One condition of a hook on the payload. All of {@code in}, {@code notIn} and {@code exists} that
 * are set must hold; if none is set, the payload must have a value.
 *
 * @param pointer a JSON pointer (RFC 6901) into the payload
 * @param in the values that hold, at most 50: the value is one of them, or is a list that contains
 *     one of them
 * @param notIn the values that do not hold, at most 50; a missing value holds
 * @param exists whether there is a value, which may be false or empty but not null
 */
public record Condition(String pointer, List<String> in, List<String> notIn, Boolean exists) {

  private static final int MOST_VALUES = 50;

  /** In code points. */
  private static final int LONGEST_VALUE = 200;

  /** What of a value a sentence shows, in characters. */
  private static final int SHOWN = 60;

  /** The value is one of these. */
  static Condition in(String pointer, String... values) {
    return new Condition(pointer, List.of(values), null, null);
  }

  /** A sentence for each fault. */
  List<String> errors(String name) {
    List<String> errors = new ArrayList<>();
    if (Payload.pointer(pointer).isEmpty()) {
      errors.add(name + ".pointer must be a JSON pointer such as /action.");
    }
    if (!isBounded(in) || !isBounded(notIn)) {
      errors.add(name + " must have 1 to 50 values of at most 200 characters.");
    }
    return errors;
  }

  private static boolean isBounded(List<String> values) {
    return values == null
        || (!values.isEmpty()
            && values.size() <= MOST_VALUES
            && values.stream()
                .allMatch(one -> one != null && HookValidator.length(one) <= LONGEST_VALUE));
  }

  /** Whether the payload meets the condition. */
  boolean holds(Payload payload) {
    return unmet(payload).isEmpty();
  }

  /** What the payload should have and has not; empty if the condition holds. */
  private Optional<String> unmet(Payload payload) {
    JsonNode value = payload.at(pointer);
    boolean isThere = !value.isMissingNode() && !value.isNull();
    if (exists != null && exists != isThere) {
      return Optional.of(exists ? "present" : "missing");
    }
    if (in != null && !isAmong(value, in)) {
      return Optional.of("one of " + in);
    }
    if (notIn != null && isAmong(value, notIn)) {
      return Optional.of("none of " + notIn);
    }
    return in == null && notIn == null && exists == null && !isThere
        ? Optional.of("present")
        : Optional.empty();
  }

  private static boolean isAmong(JsonNode value, List<String> values) {
    if (value.isArray()) {
      for (JsonNode one : value) {
        if (one.isValueNode() && isAmong(one, values)) {
          return true;
        }
      }
      return false;
    }
    return value.isValueNode()
        && !value.isNull()
        && values.stream().anyMatch(one -> isSame(value, one));
  }

  private static boolean isSame(JsonNode value, String text) {
    if (!value.isNumber()) {
      return value.asText().equals(text);
    }
    try {
      return text.length() <= LONGEST_VALUE
          && value.decimalValue().compareTo(new BigDecimal(text)) == 0;
    } catch (NumberFormatException noNumber) {
      return false;
    }
  }

  /** What a condition that does not hold asks for, and what the payload has; half a sentence. */
  String explain(Payload payload) {
    JsonNode value = payload.at(pointer);
    String found =
        value.isMissingNode() || value.isNull()
            ? "missing"
            : value.isValueNode() ? "\"" + shortened(value.asText()) + "\"" : "an object or a list";
    return pointer + " is " + found + " and should be " + unmet(payload).orElse(found);
  }

  private static String shortened(String text) {
    String line = HookMarkdown.oneLine(text);
    return line.length() <= SHOWN ? line : HookMarkdown.cut(line, SHOWN);
  }
}
