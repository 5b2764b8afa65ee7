package chat.switchboard.outbound;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The indexes of {@code switchboard_outbox}. */
@ApplicationScoped
class OutboxIndexes implements IndexPlan {

  @Override
  public String collection() {
    return OutboxEntry.COLLECTION;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        // This index contains only the few open texts.
        new IndexModel(
            Indexes.ascending("lane", "arrival", "queuedAt", "sequence", "phoneNumber"),
            new IndexOptions().partialFilterExpression(Filters.exists("lane"))),
        // Finds the numbers that have a due text.
        new IndexModel(
            Indexes.ascending("lane", "nextAttemptAt"),
            new IndexOptions().partialFilterExpression(Filters.exists("lane"))),
        new IndexModel(
            Indexes.ascending("state", "nextAttemptAt", "arrival", "queuedAt", "sequence")),
        // Contains only the few texts whose files are being fetched.
        new IndexModel(Indexes.ascending("filesDueAt"), new IndexOptions().sparse(true)),
        // The lists of the API, in their order.
        new IndexModel(Indexes.ascending("queuedAt", "sequence")),
        new IndexModel(Indexes.ascending("state", "queuedAt", "sequence")),
        new IndexModel(Indexes.ascending("conversationId", "queuedAt", "sequence")),
        new IndexModel(Indexes.ascending("conversationId", "state", "queuedAt", "sequence")),
        new IndexModel(Indexes.ascending("phoneNumber")),
        // Only the few texts with choices.
        new IndexModel(
            Indexes.compoundIndex(Indexes.ascending("choicesFor"), Indexes.descending("queuedAt")),
            new IndexOptions().partialFilterExpression(Filters.exists("choicesFor"))),
        // Sparse: a text that was not sent has no SID, and no two texts may have the same SID.
        new IndexModel(Indexes.ascending("sid"), new IndexOptions().unique(true).sparse(true)),
        // Only the few texts whose end the listeners have not taken.
        new IndexModel(
            Indexes.ascending("untold", "queuedAt"),
            new IndexOptions().partialFilterExpression(Filters.exists("untold"))),
        new IndexModel(
            Indexes.ascending("forgetAt"), new IndexOptions().expireAfter(0L, TimeUnit.SECONDS)));
  }
}
