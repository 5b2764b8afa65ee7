package chat.switchboard.phones;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Date;
import java.util.List;
import org.bson.codecs.pojo.annotations.BsonId;

/** A number that belongs to a LibreChat user. */
@MongoEntity(collection = PhoneEntity.COLLECTION)
@RegisterForReflection
public class PhoneEntity {

  static final String COLLECTION = "switchboard_phones";

  /** Computed from the number, so that concurrent proofs of a number change one document. */
  @BsonId public String id;

  /** The key of the account, which is the same for both spellings of a WhatsApp number. */
  public String number;

  /** The address, as Twilio spelled it in the proof. */
  public String phoneNumber;

  /** The user: the hexadecimal form of {@code users._id}. */
  public String user;

  /** When this user linked the number. */
  public Date since;

  /** When the last text came; renewed once an hour at most. */
  public Date lastUsed;

  // The proof.

  public Date proofAt;
  public String proofServiceNumber;
  public String proofMessageSid;

  // The user's choice for conversations that texts open.

  public String endpoint;
  public String model;
  public String agentId;

  /** The old user of a moved number, until that user has the message; missing afterwards. */
  public String untoldUser;

  /** The conversations of the list that the person got last, in its order. */
  public List<String> listed;

  /** When the numbers of the list become ordinary texts. */
  public Date listedUntil;
}
