package chat.switchboard.twilio;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fields of a form post whose signature was right. */
record SignedForm(Map<String, List<String>> fields) {

  /** The first value of this field, unless it is missing or empty. */
  Optional<String> field(String name) {
    return Optional.ofNullable(fields.get(name))
        .map(values -> values.get(0))
        .filter(value -> !value.isEmpty());
  }
}
