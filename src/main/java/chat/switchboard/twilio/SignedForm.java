package chat.switchboard.twilio;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fields of a request with a valid signature. */
record SignedForm(Map<String, List<String>> fields) {

  /** Returns the first value of this field; empty if the field is missing or has no value. */
  Optional<String> field(String name) {
    return given(name).filter(value -> !value.isEmpty());
  }

  /**
   * Returns the first value of this field, which may be the empty string; empty if the field is
   * missing.
   */
  Optional<String> given(String name) {
    return Optional.ofNullable(fields.get(name)).map(values -> values.get(0));
  }

  /**
   * Returns the SID of the message from the first field that contains the SID; all these fields
   * have the same value ({@link FormCheck}).
   */
  Optional<String> messageSid() {
    return field("MessageSid").or(() -> field("SmsMessageSid")).or(() -> field("SmsSid"));
  }
}
