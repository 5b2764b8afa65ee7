package chat.switchboard.routing;

import chat.switchboard.phone.ServiceNumber;
import io.quarkus.mongodb.panache.common.MongoEntity;
import java.util.Date;
import org.bson.codecs.pojo.annotations.BsonId;

/** Which conversation a person's messages to one of our numbers go into. */
@MongoEntity(collection = Mapping.COLLECTION)
public class Mapping {

  static final String COLLECTION = "switchboard_mappings";

  /** Follows from the person and our number, so that two who make the same mapping make one. */
  @BsonId public String id;

  /** The person, as Twilio or the caller names them. */
  public String phoneNumber;

  /** Our number that the person wrote to; {@link ServiceNumber#ANY} for all of our numbers. */
  public String serviceNumber;

  public String conversationId;

  /** The conversation's owner: the hexadecimal form of {@code users._id}. */
  public String user;

  /** The newest one is the active one. */
  public Date lastUsed;

  /**
   * Whether the conversation was opened: if it is missing then, it was deleted in LibreChat; if
   * not, we were stopped on the way.
   */
  public Boolean opened;

  public Date createdAt;

  /** The person's name, as the owner is to see it. */
  public String label;

  /**
   * Whether what the owner types in the conversation is sent to this person; missing where it is as
   * set for the number, or for all.
   */
  public Boolean forwardOwner;

  /** The hash of the code by which others are linked to the conversation; missing without one. */
  public String code;

  public Date codeExpiresAt;

  /** Twilio's own conversation (group MMS) that this belongs to. */
  public String conversationSid;
}
