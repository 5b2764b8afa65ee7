package chat.switchboard.replies;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoEntityBase;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.bson.codecs.pojo.annotations.BsonId;

/** A message that LibreChat's agent is to answer, and what has come of it. */
@MongoEntity(collection = Reply.COLLECTION)
public class Reply extends ReactivePanacheMongoEntityBase {

  static final String COLLECTION = "switchboard_replies";

  /** The message's id: however often an answer to it is asked for, it is one. */
  @BsonId public String id;

  public String conversationId;

  /** The conversation's owner. */
  public String user;

  public State state;

  /**
   * Whose texts the answer answers, as {@code {to, from}}: the person and our number. There are
   * several where those of several people are answered together, and none where it was no text.
   */
  public List<Document> phones = new ArrayList<>();

  public Date wantedAt;

  /** When the next try is due. */
  public Date dueAt;

  /** When LibreChat was first asked. */
  public Date askedAt;

  /** When LibreChat last began to generate an answer; null where it never did. */
  public Date begunAt;

  /** Whether LibreChat is generating the answer; only while it is asked. */
  public Boolean answering;

  /** How often the question was put once more behind a turn of the owner's that cut it off. */
  public Integer repeats;

  /** The message that repeats the question. */
  public String repeatId;

  /** The message that LibreChat was asked to answer: this one, or the last of those behind it. */
  public String askedId;

  /** Tries that failed. */
  public Integer attempts;

  /**
   * Counted up when LibreChat has come to an end without an answer: it answers a request once, so
   * that the next one must be another.
   */
  public Integer round;

  /** Answers that are none: they end in an error, or were stopped. */
  public List<String> failedAnswers = new ArrayList<>();

  public String answerId;

  /** The message whose answer answers this one as well. */
  public String coveredBy;

  /** Why the last try failed, or why there will be no answer, in one sentence. */
  public String error;

  /** Each change of the state, as {@code {state, at, cause}}. */
  public List<Document> history = new ArrayList<>();

  /** When the database may forget it. */
  public Date forgetAt;

  /**
   * Returns the id of the message that LibreChat answers: the question itself until it is asked.
   */
  String asked() {
    return askedId == null ? id : askedId;
  }

  /** How far the answer has come. */
  public enum State {
    /** The reply waits, for the end of a burst or for the next attempt. */
    PENDING,
    /** LibreChat is being asked. */
    ASKING,
    /** The answer is in the conversation, and on its way to the phones. */
    ANSWERED,
    /** The message gets no answer, or the answer to another message answers it. */
    SKIPPED,
    /** All attempts failed; an operator may requeue or drop the reply. */
    DEAD;

    /** Whether the service works on the reply. */
    public boolean isOpen() {
      return this == PENDING || this == ASKING;
    }

    /** Whether the state never changes again, so that the database may forget the reply. */
    public boolean isFinal() {
      return this == ANSWERED || this == SKIPPED;
    }
  }
}
