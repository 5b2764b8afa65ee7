package chat.switchboard.outbound;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The indexes of {@code switchboard_spend}. */
@ApplicationScoped
class SpendIndexes implements IndexPlan {

  @Override
  public String collection() {
    return SpendLedger.COLLECTION;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        new IndexModel(
            Indexes.compoundIndex(Indexes.ascending("day", "kind"), Indexes.descending("used"))),
        new IndexModel(
            Indexes.ascending("expireAt"), new IndexOptions().expireAfter(0L, TimeUnit.SECONDS)));
  }
}
