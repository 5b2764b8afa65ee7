package chat.switchboard.librechat;

import java.util.List;
import java.util.UUID;
import org.bson.Document;

/**
 * A message from outside that is to be appended.
 *
 * @param messageId the same for every copy of the same message
 * @param parts the text, in one or more parts
 * @param sender the name that is shown
 * @param source where it came from, such as {@code sms}
 * @param metadata what the caller says about it
 * @param trusted whether the text may use all of Markdown; a stranger's is escaped
 * @param toBeAnswered whether the agent is to be asked for an answer, once it stands there
 */
public record NewMessage(
    UUID messageId,
    List<String> parts,
    String sender,
    String source,
    Document metadata,
    boolean trusted,
    boolean toBeAnswered) {

  /** A stranger's message that the agent is not asked to answer. */
  public NewMessage(
      UUID messageId, List<String> parts, String sender, String source, Document metadata) {
    this(messageId, parts, sender, source, metadata, false, false);
  }

  /** The parts as they are stored. */
  List<String> storedParts() {
    return trusted ? parts : parts.stream().map(StrangerMarkdown::escape).toList();
  }
}
