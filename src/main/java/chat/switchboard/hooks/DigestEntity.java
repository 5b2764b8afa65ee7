package chat.switchboard.hooks;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Date;
import java.util.List;
import org.bson.codecs.pojo.annotations.BsonId;

/** The deliveries of one conversation that become one message. */
@MongoEntity(collection = DigestEntity.COLLECTION)
@RegisterForReflection
public class DigestEntity {

  static final String COLLECTION = "switchboard_digests";

  /** Follows from the first delivery. */
  @BsonId public String id;

  /** The conversation, while the digest takes deliveries; missing afterwards, so it is unique. */
  public String openKey;

  /** The name of a {@link DigestState}. */
  public String state;

  public String hook;
  public String address;

  /** The service's id of the first delivery, from which the id of the message follows. */
  public String firstDeliveryId;

  public String event;

  /** The ids of the deliveries, the listed ones first. */
  public List<String> deliveryIds;

  public List<String> texts;

  /** How many deliveries came, also those whose text or id is not listed. */
  public Long deliveries;

  // The settings of the hook when the digest began: the hook may be removed meanwhile.

  public String owner;
  public String conversationId;
  public String title;
  public String sender;
  public Boolean reply;
  public String endpoint;
  public String model;
  public String agentId;

  public Date startedAt;

  /** When the message is written, or when the next attempt to write it is due. */
  public Date nextAttemptAt;

  public Integer attempts;

  // The message of a finished digest.

  /** The name of a {@link DeliveryState}. */
  public String outcome;

  public String reason;
  public String messageConversationId;
  public String messageId;

  /** When the database may forget the digest. */
  public Date forgetAt;
}
