package chat.switchboard.media;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The indexes of {@code switchboard_media}. */
@ApplicationScoped
class MediaIndexes implements IndexPlan {

  @Override
  public String collection() {
    return MediaItem.COLLECTION;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        new IndexModel(Indexes.ascending("state", "nextAttemptAt")),
        // The lists of the API, in their order.
        new IndexModel(Indexes.ascending("receivedAt")),
        new IndexModel(Indexes.ascending("state", "receivedAt")),
        new IndexModel(Indexes.ascending("messageId", "position")),
        new IndexModel(Indexes.ascending("conversationId")),
        new IndexModel(Indexes.ascending("phoneNumber", "receivedAt")),
        new IndexModel(Indexes.ascending("late", "state"), new IndexOptions().sparse(true)),
        new IndexModel(Indexes.ascending("forgotten"), new IndexOptions().sparse(true)),
        new IndexModel(Indexes.ascending("capabilities.hash"), new IndexOptions().sparse(true)),
        new IndexModel(Indexes.ascending("bytesId"), new IndexOptions().sparse(true)),
        new IndexModel(
            Indexes.ascending("forgetAt"), new IndexOptions().expireAfter(0L, TimeUnit.SECONDS)));
  }
}
