package chat.switchboard.media;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.bson.codecs.pojo.annotations.BsonId;

/** One file of one message: its source, its state and its facts. */
@RegisterForReflection
@MongoEntity(collection = MediaItem.COLLECTION)
public class MediaItem {

  static final String COLLECTION = "switchboard_media";

  /** Follows from the message and the position, so that a repeated webhook makes no second item. */
  @BsonId public String id;

  /** Where the file comes from. */
  public MediaSource source;

  /** Whether the file goes out with a text; missing for a file that came in. */
  public Boolean outgoing;

  /** The address of the file, as the webhook or the caller gives the address. */
  public String url;

  /** Twilio's account, which is a part of the checked path. */
  public String accountSid;

  /** Twilio's MessageSid, or the SID of the Conversations service: a part of the checked path. */
  public String sid;

  /** LibreChat's id of the message that the file belongs to. */
  public String messageId;

  public String conversationId;

  /** LibreChat's owner of the conversation. */
  public String user;

  /** The person who sent the file; missing for a caller of the API. */
  public String phoneNumber;

  /** The position in the message, from 0. */
  public Integer position;

  public String declaredType;
  public String fileName;

  public MediaState state;

  /** Why the item is in this state, in one sentence. */
  public String cause;

  /** How many attempts were made in this state. */
  public Integer attempts;

  /**
   * When a worker may take the item; with a claim, when the claim ends. Missing if nothing is due.
   */
  public Date nextAttemptAt;

  /** The fencing token of the worker: new with each claim. */
  public String claim;

  public Date receivedAt;

  /** A name of {@link ContentType}. */
  public String type;

  public Long bytes;
  public Integer width;
  public Integer height;
  public String sha256;

  /** Whether a page may show the file as a picture. */
  public Boolean shown;

  /** Why the page shows only a link to the file; missing if the file has no doubt. */
  public String doubt;

  /** A name of {@link Cleaning.Location}. */
  public String location;

  /** The id of the bytes in GridFS; missing once LibreChat alone has the file. */
  public String bytesId;

  /** The names and numbers of a contact card, one line for each contact. */
  public List<String> words;

  /** The transcript of a voice note, by LibreChat's speech-to-text. */
  public String transcript;

  /** Whether LibreChat's agent answers the message. */
  public Boolean toBeAnswered;

  /**
   * Whether the message is in its conversation without the file, so that a second message follows.
   * Missing if not.
   */
  public Boolean late;

  /** Whether the person was forgotten, so that the file has to be deleted. Missing if not. */
  public Boolean forgotten;

  /** LibreChat's id and path of the file; missing if LibreChat does not have the file. */
  public String libreChatFileId;

  public String libreChatPath;

  /** LibreChat's storage, which the deletion of the file names. */
  public String libreChatSource;

  /** LibreChat's type and sizes of the file: LibreChat re-encodes pictures. */
  public String libreChatType;

  public Integer libreChatWidth;
  public Integer libreChatHeight;

  /** {@code hash}, {@code endsAt} (missing: never). */
  public List<Document> capabilities;

  /** Each state that the item has been in: {@code state}, {@code at}, {@code cause}. */
  public List<Document> history;

  /** When the database deletes the record; missing for a record without end. */
  public Date forgetAt;
}
