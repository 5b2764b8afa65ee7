package chat.switchboard.feed;

import java.util.Arrays;
import java.util.Date;
import java.util.Locale;
import org.bson.types.ObjectId;

/**
 * A message that somebody may have to hear: a message that Switchboard injected, or the complete
 * answer of LibreChat's agent to such a message.
 *
 * @param id the message's {@code _id}
 * @param user the owner of the conversation
 * @param at the server's time of the entry; null for an entry that was not read from the database
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

    /** Returns the name in the database and in Redis. */
    String stored() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the kind of a stored name. A kind of a later version counts as a gap. */
    static Kind of(String stored) {
      return Arrays.stream(values())
          .filter(kind -> kind.name().equalsIgnoreCase(stored))
          .findFirst()
          .orElse(GAP);
    }

    /** Whether the entry stands for a message. */
    public boolean isMessage() {
      return this == MESSAGE || this == REPLY;
    }
  }
}
