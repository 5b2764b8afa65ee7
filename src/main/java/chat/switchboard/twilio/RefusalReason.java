package chat.switchboard.twilio;

import java.util.Locale;

/** Why a request to one of Twilio's doors is refused: the bounded set of the metric's label. */
enum RefusalReason {
  NO_AUTH_TOKEN("TWILIO_AUTH_TOKEN is not set, so that no signature can be checked"),
  SIGNATURE_MISSING("it carries no X-Twilio-Signature"),
  SIGNATURE_WRONG("its signature does not match"),
  BODY_HASH("its bodySHA256 is missing, repeated, or not that of the body"),
  MALFORMED("its body is not a form, or not JSON in UTF-8"),
  TOO_MANY_FIELDS("its form has more than 1,024 fields, or an event stream more than 100 events"),
  ACCOUNT("its AccountSid is neither TWILIO_ACCOUNT_SID nor in switchboard.twilio.account-sids"),
  FIELD_MISSING("a field that Twilio always sends is missing"),
  FIELD_FORM("a field does not have the form that Twilio gives it"),
  FIELD_NAME("a field has a name that Twilio does not give"),
  MOVED_BORDERS("its fields are cut otherwise than Twilio cut them: somebody forged it"),
  TOO_MANY_FAILURES("too many failed attempts came from its address"),
  TOO_LARGE("its body is larger than 256 KiB"),
  TOO_SLOW("its body did not come to an end within 20 s"),
  MEDIA_TYPE("its body is neither a form nor JSON"),
  METHOD("its method is not POST"),
  BUSY("too much is under way here"),
  UNAVAILABLE("the database cannot be reached"),
  INTERNAL("of an error here"),
  CONNECTION_LOST("the connection was lost before the answer"),
  OTHER("the server does not take it");

  private final String sentence;

  RefusalReason(String sentence) {
    this.sentence = sentence;
  }

  /** The value of the metric's label. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What the log says behind "because". */
  String sentence() {
    return sentence;
  }

  /** The reason for a status that no code of ours has given a reason for. */
  static RefusalReason of(int status) {
    return switch (status) {
      case 405 -> METHOD;
      case 408 -> TOO_SLOW;
      case 413 -> TOO_LARGE;
      case 415 -> MEDIA_TYPE;
      case 429 -> TOO_MANY_FAILURES;
      case 503 -> UNAVAILABLE;
      default -> status >= 500 ? INTERNAL : OTHER;
    };
  }
}
