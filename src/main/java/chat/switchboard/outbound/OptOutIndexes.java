package chat.switchboard.outbound;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The indexes of {@code switchboard_optouts}; its unique key is {@code _id}. */
@ApplicationScoped
class OptOutIndexes implements IndexPlan {

  @Override
  public String collection() {
    return OptOut.COLLECTION;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        new IndexModel(Indexes.ascending("phoneNumber"), new IndexOptions().sparse(true)),
        new IndexModel(Indexes.ascending("optedOut", "at", "_id")));
  }
}
