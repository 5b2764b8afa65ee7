package chat.switchboard.api;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The index of {@code switchboard_audit}; an action is kept for 400 days. */
@ApplicationScoped
class AuditIndexes implements IndexPlan {

  private static final long KEPT_DAYS = 400;

  @Override
  public String collection() {
    return AuditEntity.COLLECTION;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        new IndexModel(Indexes.ascending("at", "_id")),
        new IndexModel(
            Indexes.ascending("at"), new IndexOptions().expireAfter(KEPT_DAYS, TimeUnit.DAYS)));
  }
}
