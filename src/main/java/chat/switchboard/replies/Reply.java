package chat.switchboard.replies;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoEntityBase;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.bson.codecs.pojo.annotations.BsonId;

/**
 * A message for which an answer of LibreChat's agent is requested, with the state of the answer.
 */
@MongoEntity(collection = Reply.COLLECTION)
public class Reply extends ReactivePanacheMongoEntityBase {

  static final String COLLECTION = "switchboard_replies";

  /** The message's id: repeated requests for an answer to a message share one document. */
  @BsonId public String id;

  public String conversationId;

  /** The conversation's owner. */
  public String user;

  public State state;

  /**
   * The recipients of the answer, as {@code {to, from}}: the person and the service number. There
   * are several if one answer answers several people, and none if the message was not a text.
   */
  public List<Document> phones = new ArrayList<>();

  public Date wantedAt;

  /** When the next try is due. */
  public Date dueAt;

  /** The time of the first request to LibreChat. */
  public Date askedAt;

  /** The time at which LibreChat last began to generate an answer; null if never. */
  public Date begunAt;

  /** Whether LibreChat is generating the answer; only in the state ASKING. */
  public Boolean answering;

  /** How often the question was repeated after a turn of the owner that cut the answer off. */
  public Integer repeats;

  /** The message that repeats the question. */
  public String repeatId;

  /** The message that LibreChat answers: this message, or the last message after it. */
  public String askedId;

  /** The number of failed tries. */
  public Integer attempts;

  /**
   * Incremented when LibreChat finishes without an answer: LibreChat answers a request once, so the
   * next try needs a new request.
   */
  public Integer round;

  /** Failed answers, which ended in an error or were stopped. */
  public List<String> failedAnswers = new ArrayList<>();

  public String answerId;

  /** The message whose answer also answers this message. */
  public String coveredBy;

  /** The reason of the last failure, or why there is no answer, in one sentence. */
  public String error;

  /** Each change of the state, as {@code {state, at, cause}}. */
  public List<Document> history = new ArrayList<>();

  /** When the database may delete the document. */
  public Date forgetAt;

  /**
   * Returns the id of the message that LibreChat answers; before the request the id of the question
   * itself.
   */
  String asked() {
    return askedId == null ? id : askedId;
  }

  /** The state of the answer. */
  public enum State {
    /** The reply waits, for the end of a burst or for the next attempt. */
    PENDING,
    /** The request to LibreChat is in progress. */
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
