package chat.switchboard.outbound;

import java.util.Optional;

/**
 * A text that a caller requests, with the data for the response to a repeated request.
 *
 * @param text the text
 * @param fingerprint computed from the whole request
 * @param mappingId the mapping that was created for the text
 * @param code the mapping's code, which no other response contains
 * @param postscript the sentence with the code after the text, if requested
 * @param time when the text is to be sent
 * @param window how the text gets to a person on WhatsApp
 */
public record SmsOrder(
    OutgoingText text,
    String fingerprint,
    String mappingId,
    String code,
    Optional<String> postscript,
    SendTime time,
    WindowRule window) {

  /** An order of a free text, for which the setting of WhatsApp's window counts. */
  public SmsOrder(
      OutgoingText text,
      String fingerprint,
      String mappingId,
      String code,
      Optional<String> postscript,
      SendTime time) {
    this(text, fingerprint, mappingId, code, postscript, time, WindowRule.DEFAULT);
  }

  /** An order of a text that is sent at once. */
  public SmsOrder(
      OutgoingText text,
      String fingerprint,
      String mappingId,
      String code,
      Optional<String> postscript) {
    this(text, fingerprint, mappingId, code, postscript, SendTime.now());
  }
}
