package chat.switchboard.outbound;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoEntityBase;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.codecs.pojo.annotations.BsonId;

/** One text message, or one part of a long one: what is handed to Twilio at once. */
@MongoEntity(collection = OutboxEntry.COLLECTION)
public class OutboxEntry extends ReactivePanacheMongoEntityBase {

  static final String COLLECTION = "switchboard_outbox";

  /** Follows from what the text is about; a further part has its number behind it. */
  @BsonId public String id;

  /** The id of the first part, which is what callers know. */
  public String textId;

  /** Follows from the whole request, to tell a repeat from another text under the same key. */
  public String fingerprint;

  public Integer part;
  public Integer parts;

  /** Our number, or messaging service, that it goes from; missing while none is configured. */
  public String sender;

  /** The sender again while the text is open, so that an index finds only these. */
  public String lane;

  /** The person. */
  public String phoneNumber;

  public String conversationId;

  /** What the phone shows; sealed where there is a code in it. */
  public String body;

  public Boolean sealed;

  public Integer segments;
  public String encoding;

  /** The mapping that was made for it, and its code, sealed. */
  public String mappingId;

  public String code;

  public OutboxState state;

  /** Why it is in this state, in one sentence. */
  public String cause;

  /** Twilio's error code. */
  public Integer errorCode;

  /** Twilio's name for the message. */
  public String sid;

  /** Twilio's names for earlier tries: what is said of them does not count any more. */
  public List<String> pastSids;

  /** The fencing token of whoever hands it over: new at each try. */
  public String claim;

  public Integer attempts;

  /** When somebody has to look at it next: to try, to take over, or to give up waiting. */
  public Date nextAttemptAt;

  /** The order of arrival: the server's own time where it gives one, as in the inbox. */
  public BsonTimestamp arrival;

  public Date queuedAt;

  /** Counts up within one process. */
  public Long sequence;

  /** Each state that it has been in: {@code state}, {@code at}, {@code cause}. */
  public List<Document> history;

  /** When the database may forget it. */
  public Date forgetAt;

  /** One change of the state. */
  public record Change(OutboxState state, Date at, String cause) {}

  /** Each state that it has been in, the first one first. */
  public List<Change> changes() {
    List<Change> changes = new ArrayList<>();
    if (history != null) {
      history.forEach(
          one ->
              changes.add(
                  new Change(
                      OutboxState.valueOf(one.getString("state")),
                      one.getDate("at"),
                      one.getString("cause"))));
    }
    return changes;
  }
}
