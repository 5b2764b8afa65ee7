package chat.switchboard.inbound;

import io.quarkus.mongodb.panache.common.MongoEntity;
import java.util.Comparator;
import java.util.Date;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.codecs.pojo.annotations.BsonId;

/** A message that is kept until it stands in its conversation, and remembered for a while after. */
@MongoEntity(collection = InboxEntry.COLLECTION)
public class InboxEntry {

  static final String COLLECTION = "switchboard_inbox";

  /** The order of arrival, the same for all replicas: the server's, where it gives one. */
  static final Comparator<InboxEntry> BY_ARRIVAL =
      Comparator.comparing((InboxEntry entry) -> entry.arrival)
          .thenComparing(entry -> entry.receivedAt)
          .thenComparing(entry -> entry.sequence)
          .thenComparing(entry -> entry.id);

  /** Follows from the key that makes a message the same when it comes again. */
  @BsonId public String id;

  /** Follows from the content, to tell a repeat from another message under the same key. */
  public String fingerprint;

  public State state;

  /** The message itself; taken away when it stands in its conversation. */
  public Document envelope;

  /** The person who wrote, and to which number: their messages keep their order. */
  public String sender;

  /** The person alone, to forget them. */
  public String phoneNumber;

  /**
   * Written as zero, which the server replaces with a time of its own that only goes up; a server
   * that does not leaves it, and the next two decide.
   */
  public BsonTimestamp arrival;

  public Date receivedAt;

  /** Counts up within one process. */
  public Long sequence;

  /** The conversation, once it is known: a repeat goes nowhere else. */
  public String lane;

  /** The conversation's owner. */
  public String user;

  public String messageId;

  /** Whether LibreChat's agent is to answer it, as was decided when it came. */
  public Boolean toBeAnswered;

  public String mappingId;
  public Boolean mappingCreated;

  /** Tries after the first. */
  public Integer attempts;

  /** When the next try is due, should nobody have appended it by then. */
  public Date nextAttemptAt;

  /** Why the last try failed, in one sentence. */
  public String error;

  /** When the database may forget it; only what is appended has one. */
  public Date forgetAt;

  /** The states of an entry; {@link InboxTransitions} draws the steps between them. */
  public enum State {
    /** The message waits here. */
    RECEIVED,
    /** The message is in its conversation. */
    APPENDED,
    /** No replica tries the message again; an operator may requeue or drop it. */
    DEAD;

    /** Whether a replica still has to append the message. */
    boolean isOpen() {
      return this == RECEIVED;
    }

    /** Whether the entry only remembers that the message came, until its retention ends. */
    boolean isFinal() {
      return this == APPENDED;
    }
  }
}
