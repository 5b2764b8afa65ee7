package chat.switchboard.routing;

import chat.switchboard.address.ServiceNumber;
import io.quarkus.mongodb.panache.common.MongoEntity;
import java.util.Date;
import org.bson.codecs.pojo.annotations.BsonId;

/** The conversation of a person's messages to a service number. */
@MongoEntity(collection = Mapping.COLLECTION)
public class Mapping {

  static final String COLLECTION = "switchboard_mappings";

  /**
   * Computed from the person and the service number, so that concurrent requests create one
   * mapping.
   */
  @BsonId public String id;

  /** The person's address, as Twilio or the caller spells it. */
  public String phoneNumber;

  /** Our number that the person wrote to; {@link ServiceNumber#ANY} for all of our numbers. */
  public String serviceNumber;

  public String conversationId;

  /** The conversation's owner: the hexadecimal form of {@code users._id}. */
  public String user;

  /** The mapping with the newest time is the active one. */
  public Date lastUsed;

  /**
   * Whether the conversation was created: if true, a missing conversation was deleted in LibreChat;
   * if false, the process died before the creation.
   */
  public Boolean opened;

  public Date createdAt;

  /** The person's name, as the owner sees it. */
  public String label;

  /**
   * The name that the person gave on WhatsApp, for display only: the person can change the name at
   * any time and may use a name of somebody else.
   */
  public String profileName;

  /**
   * Whether the owner's messages in the conversation are sent to this person; missing for the
   * setting of the service number or of all numbers.
   */
  public Boolean forwardOwner;

  /** The hash of the code that links other people to the conversation; missing without a code. */
  public String code;

  public Date codeExpiresAt;

  /**
   * Whether texts of an own phone follow this mapping to their user's conversation. The mapping is
   * for this user's own phone alone: it counts for nobody who has the number later.
   */
  public Boolean ownPhone;

  /** When a code has last led the person to the conversation. */
  public Date chosenAt;

  /** The Twilio conversation (group MMS) of this mapping. */
  public String conversationSid;
}
