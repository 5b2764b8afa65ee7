package chat.switchboard.feed;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The indexes of {@code switchboard_feed}. */
@Singleton
class FeedIndexes implements IndexPlan {

  @Override
  public String collection() {
    return FeedEntries.COLLECTION;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        new IndexModel(Indexes.ascending("user", "at")),
        // Replicas that poll read this index too.
        new IndexModel(Indexes.ascending("at")),
        new IndexModel(
            Indexes.ascending("forgetAt"), new IndexOptions().expireAfter(0L, TimeUnit.SECONDS)));
  }
}
