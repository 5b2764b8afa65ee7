package chat.switchboard.outbound;

import java.util.List;
import java.util.Optional;

/**
 * A text to a person.
 *
 * @param id computed from the cause of the text, so that a repeated request sends the text once
 * @param from the service number or messaging service; empty for the configured default sender
 * @param to the person's address, as Twilio spells it: E.164, or with {@code whatsapp:} or {@code
 *     rcs:} before it
 * @param text the content; may be empty if there are files
 * @param conversationId the conversation of the text
 * @param format whether the content is Markdown
 * @param files the files that go with the text, at most {@link OutgoingFile#MOST}
 */
public record OutgoingText(
    String id,
    Optional<String> from,
    String to,
    String text,
    String conversationId,
    TextFormat format,
    List<OutgoingFile> files) {

  /** Creates a text that is sent unchanged. */
  public OutgoingText(
      String id, Optional<String> from, String to, String text, String conversationId) {
    this(id, from, to, text, conversationId, TextFormat.TEXT);
  }

  /** Creates a text without files. */
  public OutgoingText(
      String id,
      Optional<String> from,
      String to,
      String text,
      String conversationId,
      TextFormat format) {
    this(id, from, to, text, conversationId, format, List.of());
  }
}
