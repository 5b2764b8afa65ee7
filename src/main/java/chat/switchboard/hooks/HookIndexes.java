package chat.switchboard.hooks;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The indexes of {@code switchboard_deliveries}; the unique one is {@code _id}. */
@ApplicationScoped
class HookIndexes implements IndexPlan {

  @Override
  public String collection() {
    return DeliveryEntity.COLLECTION;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        new IndexModel(
            Indexes.ascending("forgetAt"), new IndexOptions().expireAfter(0L, TimeUnit.SECONDS)),
        new IndexModel(Indexes.descending("hook", "receivedAt", "_id")),
        new IndexModel(Indexes.descending("hook", "state", "receivedAt", "_id")),
        new IndexModel(Indexes.ascending("digestId"), new IndexOptions().sparse(true)),
        new IndexModel(Indexes.ascending("state", "nextAttemptAt")));
  }
}
