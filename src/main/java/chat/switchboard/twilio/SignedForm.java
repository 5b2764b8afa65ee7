package chat.switchboard.twilio;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fields of a request whose signature was right. */
record SignedForm(Map<String, List<String>> fields) {

  /** The first value of this field, unless it is missing or empty. */
  Optional<String> field(String name) {
    return given(name).filter(value -> !value.isEmpty());
  }

  /** The first value of this field, also an empty one. */
  Optional<String> given(String name) {
    return Optional.ofNullable(fields.get(name)).map(values -> values.get(0));
  }

  /**
   * Twilio's name for the message, as it stands in the first of the fields that hold it; all of
   * them are the same ({@link FormCheck}).
   */
  Optional<String> messageSid() {
    return field("MessageSid").or(() -> field("SmsMessageSid")).or(() -> field("SmsSid"));
  }
}
