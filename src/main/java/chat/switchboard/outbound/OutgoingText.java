package chat.switchboard.outbound;

import java.util.Optional;

/**
 * A text to a person.
 *
 * @param id computed from the cause of the text, so that a repeated request sends the text once
 * @param from the service number or messaging service; empty for the configured default sender
 * @param to the person's address, as Twilio spells it: E.164, or with {@code whatsapp:} or {@code
 *     rcs:} before it
 * @param text the content
 * @param conversationId the conversation of the text
 * @param format whether the content is Markdown
 */
public record OutgoingText(
    String id,
    Optional<String> from,
    String to,
    String text,
    String conversationId,
    TextFormat format) {

  /** Creates a text that is sent unchanged. */
  public OutgoingText(
      String id, Optional<String> from, String to, String text, String conversationId) {
    this(id, from, to, text, conversationId, TextFormat.TEXT);
  }
}
