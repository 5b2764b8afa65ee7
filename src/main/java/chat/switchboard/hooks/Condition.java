package chat.switchboard.hooks;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * One condition of a hook on the payload. Of {@code in}, {@code notIn} and {@code exists} exactly
 * one is set.
 *
 * @param pointer a JSON pointer (RFC 6901) into the payload
 * @param in the values that hold, at most 50: the value is one of them, or is a list that contains
 *     one of them
 * @param notIn the values that do not hold, at most 50; a missing value holds
 * @param exists whether there is a value, which may be false or empty but not null
 */
public record Condition(String pointer, List<String> in, List<String> notIn, Boolean exists) {

  private static final int MOST_VALUES = 50;

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
    int given = (in == null ? 0 : 1) + (notIn == null ? 0 : 1) + (exists == null ? 0 : 1);
    if (given != 1) {
      errors.add(name + " must have exactly one of in, notIn and exists.");
    }
    for (List<String> values : java.util.Arrays.asList(in, notIn)) {
      if (values != null
          && (values.isEmpty()
              || values.size() > MOST_VALUES
              || values.stream().anyMatch(one -> one == null || one.length() > LONGEST_VALUE))) {
        errors.add(name + " must have 1 to 50 values of at most 200 characters.");
      }
    }
    return errors;
  }

  /** Whether the payload meets the condition. */
  boolean holds(Payload payload) {
    JsonNode value = payload.at(pointer);
    if (exists != null) {
      return exists == !(value.isMissingNode() || value.isNull());
    }
    return in != null ? isAmong(value, in) : !isAmong(value, notIn);
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

  /** What the condition asks for and what the payload has, as half a sentence. */
  String explain(Payload payload) {
    JsonNode value = payload.at(pointer);
    String found =
        value.isMissingNode() || value.isNull()
            ? "missing"
            : value.isValueNode() ? "\"" + shortened(value.asText()) + "\"" : "an object or a list";
    String wanted =
        exists != null
            ? (exists ? "present" : "missing")
            : (in != null ? "one of " + in : "none of " + notIn);
    return pointer + " is " + found + " and should be " + wanted;
  }

  private static String shortened(String text) {
    String line = HookMarkdown.oneLine(text);
    return line.length() <= SHOWN ? line : HookMarkdown.cut(line, SHOWN);
  }
}
