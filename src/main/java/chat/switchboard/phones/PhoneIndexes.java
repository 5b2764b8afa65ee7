package chat.switchboard.phones;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The indexes of {@code switchboard_phones}. */
@ApplicationScoped
class PhoneIndexes implements IndexPlan {

  @Override
  public String collection() {
    return PhoneEntity.COLLECTION;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        new IndexModel(Indexes.ascending("number"), new IndexOptions().unique(true)),
        new IndexModel(
            Indexes.compoundIndex(Indexes.ascending("user"), Indexes.descending("since", "_id"))),
        new IndexModel(Indexes.descending("since", "_id")),
        // Sparse: few numbers have just moved.
        new IndexModel(Indexes.ascending("untoldUser"), new IndexOptions().sparse(true)));
  }
}
