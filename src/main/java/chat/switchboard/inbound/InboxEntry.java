package chat.switchboard.inbound;

import io.quarkus.mongodb.panache.common.MongoEntity;
import java.util.Comparator;
import java.util.Date;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.codecs.pojo.annotations.BsonId;

/**
 * A message that is stored until it is in its conversation; the entry without the text then stays
 * for the retention.
 */
@MongoEntity(collection = InboxEntry.COLLECTION)
public class InboxEntry {

  static final String COLLECTION = "switchboard_inbox";

  /**
   * The order of arrival, the same for all replicas: by the time of the database server if
   * available.
   */
  static final Comparator<InboxEntry> BY_ARRIVAL =
      Comparator.comparing((InboxEntry entry) -> entry.arrival)
          .thenComparing(entry -> entry.receivedAt)
          .thenComparing(entry -> entry.sequence)
          .thenComparing(entry -> entry.id);

  /** Computed from the key that identifies repetitions of the message. */
  @BsonId public String id;

  /**
   * Computed from the content, to distinguish a repetition from another message under the same key.
   */
  public String fingerprint;

  public State state;

  /** The message; removed when the message is in its conversation. */
  public Document envelope;

  /** The person and the service number: the messages of the same pair keep their order. */
  public String sender;

  /** The person, to remove the person's data. */
  public String phoneNumber;

  /**
   * Written as zero, which MongoDB replaces with its increasing time. Other servers may store the
   * zero; the next two fields then decide.
   */
  public BsonTimestamp arrival;

  public Date receivedAt;

  /** A counter within one process. */
  public Long sequence;

  /** The conversation, once it is known: a repetition goes into the same conversation. */
  public String lane;

  /** The conversation's owner. */
  public String user;

  public String messageId;

  /** Whether the message requests an answer of LibreChat's agent; decided at its arrival. */
  public Boolean toBeAnswered;

  public String mappingId;
  public Boolean mappingCreated;

  /** Whether several requests have brought the message; missing for one request. */
  public Boolean shared;

  /** The number of attempts after the first attempt. */
  public Integer attempts;

  /** The time of the next attempt, if no replica has appended the message by then. */
  public Date nextAttemptAt;

  /** The cause of the last failed attempt, in one sentence. */
  public String error;

  /** When the database may delete the entry; only appended entries have this field. */
  public Date forgetAt;

  /** The states of an entry; {@link InboxTransitions} draws the steps between them. */
  public enum State {
    /** The message waits in the inbox. */
    RECEIVED,
    /** The message is in its conversation. */
    APPENDED,
    /** A dead letter: an operator may requeue or drop the message. */
    DEAD;

    /** Whether a replica still has to append the message. */
    boolean isOpen() {
      return this == RECEIVED;
    }

    /** Whether the entry only records the arrival of the message, until its retention ends. */
    boolean isFinal() {
      return this == APPENDED;
    }
  }
}
