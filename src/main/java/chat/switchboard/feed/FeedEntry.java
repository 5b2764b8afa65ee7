package chat.switchboard.feed;

import java.util.Date;
import org.bson.types.ObjectId;

/**
 * A message that somebody may have to hear: a message that Switchboard injected, or the complete
 * answer of LibreChat's agent to such a message.
 *
 * @param id the message's {@code _id}
 * @param user the owner of the conversation
 * @param at the server's time of the entry; null for an entry that is not stored yet
 * @param createdAt the message's date
 */
public record FeedEntry(
    ObjectId id,
    String user,
    Date at,
    Date createdAt,
    String messageId,
    String conversationId,
    Kind kind) {

  /** The kinds of entries. */
  public enum Kind {
    /** A message from outside. */
    MESSAGE,
    /** An answer of LibreChat's agent. */
    REPLY,
    /** Messages before this entry may have no entries, since no replica wrote any. */
    BEGINNING,
    /** Messages before this entry may have no entries: clients refetch. */
    GAP;

    /** Whether the entry stands for a message. */
    public boolean isMessage() {
      return this == MESSAGE || this == REPLY;
    }
  }
}
