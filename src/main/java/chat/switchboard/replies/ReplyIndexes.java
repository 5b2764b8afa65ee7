package chat.switchboard.replies;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The indexes of {@code switchboard_replies}. */
@ApplicationScoped
class ReplyIndexes implements IndexPlan {

  @Override
  public String collection() {
    return Reply.COLLECTION;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        new IndexModel(Indexes.ascending("state", "dueAt")),
        new IndexModel(Indexes.ascending("state", "wantedAt", "_id")),
        new IndexModel(Indexes.ascending("conversationId", "state", "wantedAt")),
        // Only while an answer is generated.
        new IndexModel(Indexes.ascending("answering"), new IndexOptions().sparse(true)),
        new IndexModel(Indexes.ascending("phones.to", "askedAt")),
        new IndexModel(Indexes.ascending("coveredBy")),
        new IndexModel(
            Indexes.ascending("forgetAt"), new IndexOptions().expireAfter(0L, TimeUnit.SECONDS)));
  }
}
