package chat.switchboard.events;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The indexes of {@code switchboard_events}; the unique one is {@code _id}. */
@Singleton
class EventIndexes implements IndexPlan {

  @Override
  public String collection() {
    return EventEntity.COLLECTION;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        new IndexModel(Indexes.ascending("state", "endpoint", "nextAttemptAt")),
        new IndexModel(Indexes.ascending("state", "endpoint", "lane", "nextAttemptAt")),
        new IndexModel(
            Indexes.ascending("endpoint", "lane", "state", "createdAt", "sequence", "_id")),
        new IndexModel(
            Indexes.ascending("forgetAt"), new IndexOptions().expireAfter(0L, TimeUnit.SECONDS)));
  }
}
