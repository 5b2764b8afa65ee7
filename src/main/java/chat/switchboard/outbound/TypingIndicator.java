package chat.switchboard.outbound;

/** Shows a person that an answer to a text is on its way. */
public interface TypingIndicator {

  /**
   * Shows the indicator, if the channel has one and the configuration allows the indicator. Returns
   * at once, and never fails: an answer does not depend on its indicator.
   *
   * @param person the person's address, as Twilio spells it
   * @param sid the carrier's name of the text that is answered
   */
  void show(String person, String sid);
}
