package chat.switchboard.twilio;

import java.util.Map;
import java.util.Set;

/**
 * Twilio's error codes (https://www.twilio.com/docs/api/errors): whether a text may be retried, and
 * the sentence for an operator.
 */
final class TwilioErrors {

  static final int OPTED_OUT = 21610;

  /** Twilio failed, and may have accepted the text. */
  static final int INTERNAL = 20500;

  /** Twilio refuses the content of a message: its SID, its form or its variables. */
  static final Set<Integer> OF_CONTENT = Set.of(20404, 21654, 21655, 21656, 21657, 21658);

  /** Refusals of a new message that are temporary. */
  private static final Set<Integer> LATER = Set.of(20429, 30001, 63018);

  private static final Map<Integer, String> SENTENCES =
      Map.ofEntries(
          Map.entry(
              11200,
              "Twilio cannot fetch a picture or file of the text; SWITCHBOARD_PUBLIC_URL must lead to"
                  + " this service"),
          Map.entry(11751, "The pictures and files of the text are larger than Twilio's limit"),
          Map.entry(12300, "Twilio does not take the type of a picture or file"),
          Map.entry(
              20003, "Twilio does not accept the account SID with this API key or auth token"),
          Map.entry(20404, "Twilio does not know the account or the messaging service"),
          Map.entry(20429, "Twilio received too many requests"),
          Map.entry(20500, "Twilio had an internal error"),
          Map.entry(20503, "Twilio is not available right now"),
          Map.entry(21211, "The recipient's number is not a phone number"),
          Map.entry(21212, "The sender's number is not a phone number"),
          Map.entry(21214, "The recipient's number cannot be reached"),
          Map.entry(21408, "Texts to that country are not allowed in Twilio's geo permissions"),
          Map.entry(21602, "The text is empty"),
          Map.entry(21603, "The text has no sender's number"),
          Map.entry(
              21606,
              "The sender's number cannot send texts, or does not belong to the " + "account"),
          Map.entry(21608, "A trial account only sends to numbers that were verified at Twilio"),
          Map.entry(
              21610,
              "The person has opted out (STOP); only the person can opt in again " + "(START)"),
          Map.entry(21611, "Twilio's queue for the sender's number is full"),
          Map.entry(
              21612, "Twilio has no route from the sender's number to the recipient's number"),
          Map.entry(21614, "The recipient's number is not a mobile number"),
          Map.entry(21617, "The text is longer than Twilio's limit"),
          Map.entry(21620, "The address of a picture or file is not valid for Twilio"),
          Map.entry(21623, "The text has more pictures and files than Twilio takes"),
          Map.entry(21659, "The sender's number does not belong to this account"),
          Map.entry(21703, "The messaging service has no number to send from"),
          Map.entry(30001, "Twilio's queue was full, and Twilio dropped the text"),
          Map.entry(30002, "The Twilio account is suspended"),
          Map.entry(30003, "The phone is switched off, out of reach, or no longer in use"),
          Map.entry(30004, "The phone or its carrier blocks this message"),
          Map.entry(30005, "The number is unknown or no longer in use"),
          Map.entry(30006, "The number is a landline, or its carrier accepts no texts"),
          Map.entry(30007, "The carrier filtered the text as spam"),
          Map.entry(
              30008,
              "The carrier does not say why the text was not delivered; the text may still "
                  + "arrive"),
          Map.entry(30019, "The pictures and files are larger than the carrier's limit"),
          Map.entry(30034, "The number is not registered for texts to the USA (A2P 10DLC)"),
          Map.entry(
              63016,
              "WhatsApp accepts only templates if the person has not written for 24 " + "hours"),
          Map.entry(63018, "WhatsApp received too many requests"),
          Map.entry(63019, "WhatsApp cannot fetch a picture or file of the text"));

  private TwilioErrors() {}

  /**
   * Whether a message that Twilio refused with this code may be retried. In a status callback the
   * same code does not permit a retry: Twilio had accepted the message, which may still arrive.
   */
  static boolean mayGoLater(int code) {
    return LATER.contains(code);
  }

  /** Returns one sentence for an operator, with the code. */
  static String sentence(int code) {
    return SENTENCES.getOrDefault(
            code, "Twilio refused the text; see https://www.twilio.com/docs/api/errors/" + code)
        + " ("
        + code
        + ")";
  }
}
