package chat.switchboard.librechat;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bson.Document;

/**
 * A message from outside to append.
 *
 * @param messageId the same for every copy of the same message
 * @param parts the text, in one or more parts
 * @param sender the name that LibreChat shows
 * @param source the source of the message, such as {@code sms}
 * @param metadata the caller's metadata
 * @param trusted whether the text may use all of Markdown; a stranger's text is escaped
 * @param toBeAnswered whether the agent is asked for an answer after the append
 * @param attached the files of the message, if there are any
 */
public record NewMessage(
    UUID messageId,
    List<String> parts,
    String sender,
    String source,
    Document metadata,
    boolean trusted,
    boolean toBeAnswered,
    Optional<Attached> attached) {

  /** Creates a message without files. */
  public NewMessage(
      UUID messageId,
      List<String> parts,
      String sender,
      String source,
      Document metadata,
      boolean trusted,
      boolean toBeAnswered) {
    this(messageId, parts, sender, source, metadata, trusted, toBeAnswered, Optional.empty());
  }

  /** Creates a stranger's message for which the agent is not asked for an answer. */
  public NewMessage(
      UUID messageId, List<String> parts, String sender, String source, Document metadata) {
    this(messageId, parts, sender, source, metadata, false, false);
  }

  /** Returns the message with this text and these files. */
  public NewMessage with(List<String> newParts, Attached files) {
    return new NewMessage(
        messageId, newParts, sender, source, metadata, trusted, toBeAnswered, Optional.of(files));
  }

  /** Returns the parts in their stored form. */
  List<String> storedParts() {
    return trusted ? parts : parts.stream().map(StrangerMarkdown::escape).toList();
  }
}
