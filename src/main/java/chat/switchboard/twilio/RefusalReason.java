package chat.switchboard.twilio;

import java.util.Locale;

/** Why a request to one of Twilio's doors is refused: the bounded set of the metric's label. */
enum RefusalReason {
  NO_AUTH_TOKEN("TWILIO_AUTH_TOKEN is not set and no signature can be checked"),
  SIGNATURE_MISSING("the header X-Twilio-Signature is missing"),
  SIGNATURE_WRONG("the signature does not match"),
  BODY_HASH("bodySHA256 is missing, repeated, or not the hash of the body"),
  MALFORMED("the body is not a form, or not JSON in UTF-8"),
  TOO_MANY_FIELDS("the form has more than 1,024 fields, or an event stream more than 100 events"),
  ACCOUNT("the AccountSid is neither TWILIO_ACCOUNT_SID nor in switchboard.twilio.account-sids"),
  FIELD_MISSING("a field that Twilio always sends is missing"),
  FIELD_FORM("a field does not have Twilio's form"),
  FIELD_NAME("a field has a name that Twilio does not use"),
  MOVED_BORDERS(
      "the borders between the fields were moved after Twilio signed them: the request "
          + "is forged"),
  TOO_MANY_FAILURES("the client's address had too many failed attempts"),
  TOO_LARGE("the body is larger than 256 KiB"),
  TOO_SLOW("the body was not complete within 20 s"),
  MEDIA_TYPE("the body is neither a form nor JSON"),
  METHOD("the method is not POST"),
  BUSY("too many messages are in progress"),
  UNAVAILABLE("the database cannot be reached"),
  INTERNAL("an internal error occurred"),
  CONNECTION_LOST("the connection was lost before the response"),
  OTHER("the server does not accept the request");

  private final String sentence;

  RefusalReason(String sentence) {
    this.sentence = sentence;
  }

  /** The value of the metric's label. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The text of the log line after "because". */
  String sentence() {
    return sentence;
  }

  /** Returns the reason for a status for which Switchboard's code gave no reason. */
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
