package chat.switchboard.routing;

import java.util.Optional;

/**
 * Who wrote to us, and to which of our numbers.
 *
 * @param from the person: E.164, {@code whatsapp:+…}, {@code rcs:…}, a short code or a name
 * @param to our number, if it is known
 * @param source where it came from, such as {@code sms}; for the title of a new conversation
 * @param code shown by a program beside the text; a person types it in the text
 * @param conversationSid Twilio's own conversation (group MMS), if it came through one
 * @param named whether the caller gave the name to show, which a label does not replace
 */
public record Contact(
    String from,
    Optional<String> to,
    String source,
    Optional<String> code,
    Optional<String> conversationSid,
    boolean named) {

  /** A person of whom nothing more is known. */
  public Contact(String from, Optional<String> to, String source) {
    this(from, to, source, Optional.empty(), Optional.empty(), false);
  }
}
