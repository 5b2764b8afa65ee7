package chat.switchboard.twilio;

import java.util.Map;
import java.util.Set;

/**
 * Twilio's error codes (https://www.twilio.com/docs/api/errors): whether a text may be tried again,
 * and what an operator is told.
 */
final class TwilioErrors {

  static final int OPTED_OUT = 21610;

  /** Twilio failed and does not say that it took nothing. */
  static final int INTERNAL = 20500;

  /** Refusals of a new message that pass by themselves. */
  private static final Set<Integer> LATER = Set.of(20429, 30001, 63018);

  private static final Map<Integer, String> SENTENCES =
      Map.ofEntries(
          Map.entry(20003, "Twilio does not accept the account SID with this key or auth token"),
          Map.entry(20404, "Twilio does not know the account or the messaging service"),
          Map.entry(20429, "Twilio was asked too often"),
          Map.entry(20500, "Twilio had a failure of its own"),
          Map.entry(20503, "Twilio is not available right now"),
          Map.entry(21211, "The number that it goes to is not a phone number"),
          Map.entry(21212, "The number that it comes from is not a phone number"),
          Map.entry(21214, "The number that it goes to cannot be reached"),
          Map.entry(21408, "Texts to that country are not allowed in Twilio's geo permissions"),
          Map.entry(21602, "The text is empty"),
          Map.entry(21603, "There is no number that it could come from"),
          Map.entry(21606, "The number that it comes from cannot send texts, or is not yours"),
          Map.entry(21608, "A trial account only sends to numbers that were verified at Twilio"),
          Map.entry(21610, "The person has opted out (STOP); only they can lift that (START)"),
          Map.entry(21611, "Too much is waiting at Twilio for the number that it comes from"),
          Map.entry(21612, "There is no way from this number to that one"),
          Map.entry(21614, "The number that it goes to is no mobile number"),
          Map.entry(21617, "The text is longer than Twilio takes"),
          Map.entry(21659, "The number that it comes from is not one of this account's"),
          Map.entry(21703, "The messaging service has no number to send from"),
          Map.entry(30001, "Too much was waiting at Twilio, so that it was dropped"),
          Map.entry(30002, "The Twilio account is suspended"),
          Map.entry(30003, "The phone is switched off, out of reach, or gone"),
          Map.entry(30004, "The phone or its carrier blocks this message"),
          Map.entry(30005, "The number is unknown or no longer in use"),
          Map.entry(30006, "It is a landline, or a carrier that takes no texts"),
          Map.entry(30007, "The carrier filtered it out as spam"),
          Map.entry(
              30008, "The carrier does not say why it was not delivered; it may still arrive"),
          Map.entry(30034, "The number is not registered for texts to the USA (A2P 10DLC)"),
          Map.entry(63016, "WhatsApp takes only templates when the person was silent for 24 hours"),
          Map.entry(63018, "WhatsApp was asked too often"));

  private TwilioErrors() {}

  /**
   * Whether a message that Twilio refused with this code may be tried again. In a status callback
   * the same code means nothing of the kind: Twilio had taken the message, and it may arrive.
   */
  static boolean mayGoLater(int code) {
    return LATER.contains(code);
  }

  /** One sentence for an operator, with the code. */
  static String sentence(int code) {
    return SENTENCES.getOrDefault(
            code, "Twilio refused it; see https://www.twilio.com/docs/api/errors/" + code)
        + " ("
        + code
        + ")";
  }
}
