package chat.switchboard.hooks;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The indexes of {@code switchboard_digests}; a conversation has one open digest at most. */
@ApplicationScoped
class DigestIndexes implements IndexPlan {

  @Override
  public String collection() {
    return DigestEntity.COLLECTION;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        new IndexModel(Indexes.ascending("openKey"), new IndexOptions().unique(true).sparse(true)),
        new IndexModel(Indexes.ascending("state", "nextAttemptAt")),
        new IndexModel(Indexes.ascending("deliveryIds")),
        new IndexModel(
            Indexes.ascending("forgetAt"), new IndexOptions().expireAfter(0L, TimeUnit.SECONDS)));
  }
}
