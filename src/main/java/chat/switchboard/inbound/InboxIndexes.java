package chat.switchboard.inbound;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The indexes of {@code switchboard_inbox}. */
@Singleton
class InboxIndexes implements IndexPlan {

  @Override
  public String collection() {
    return InboxEntry.COLLECTION;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        new IndexModel(Indexes.ascending("state", "nextAttemptAt")),
        new IndexModel(Indexes.ascending("state", "receivedAt", "_id")),
        // The inbox reads a backlog in parts, in the order of arrival.
        new IndexModel(Indexes.ascending("lane", "state", "arrival", "receivedAt")),
        new IndexModel(Indexes.ascending("sender", "state", "arrival", "receivedAt")),
        new IndexModel(Indexes.ascending("phoneNumber"), new IndexOptions().sparse(true)),
        new IndexModel(
            Indexes.ascending("forgetAt"), new IndexOptions().expireAfter(0L, TimeUnit.SECONDS)));
  }
}
