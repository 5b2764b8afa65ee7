package chat.switchboard.outbound;

import java.util.Optional;

/**
 * A text that is to go to a person.
 *
 * @param id follows from what the text is about, so that the same text asked for twice goes once
 * @param from our number or messaging service; empty where the one that is set for all is to be
 *     used
 * @param to the person, as Twilio names them: E.164, or with {@code whatsapp:} or {@code rcs:}
 *     before it
 * @param text the words
 * @param conversationId where it belongs
 * @param format whether the words are Markdown
 */
public record OutgoingText(
    String id,
    Optional<String> from,
    String to,
    String text,
    String conversationId,
    TextFormat format) {

  /** A text that goes out as it is. */
  public OutgoingText(
      String id, Optional<String> from, String to, String text, String conversationId) {
    this(id, from, to, text, conversationId, TextFormat.TEXT);
  }
}
