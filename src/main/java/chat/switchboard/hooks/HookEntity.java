package chat.switchboard.hooks;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.bson.codecs.pojo.annotations.BsonId;

/** A hook as it is stored. */
@MongoEntity(collection = HookEntity.COLLECTION)
@RegisterForReflection
public class HookEntity {

  static final String COLLECTION = "switchboard_hooks";

  /** The name of the hook. */
  @BsonId public String id;

  public String scheme;

  /** The fields of {@link SchemeSettings} that are set. */
  public Document settings;

  public String owner;
  public String conversationId;
  public String thread;
  public String title;

  /** Each condition: {@code pointer} and any of {@code in}, {@code notIn}, {@code exists}. */
  public List<Document> when;

  public String template;
  public String sender;

  /** In seconds. */
  public Long digestSeconds;

  public Boolean reply;
  public String endpoint;
  public String model;
  public String agentId;
  public Boolean enabled;

  /** Each secret: {@code sealed}, and {@code until} for one that was replaced. */
  public List<Document> secrets;

  public Date createdAt;
  public Date updatedAt;
}
