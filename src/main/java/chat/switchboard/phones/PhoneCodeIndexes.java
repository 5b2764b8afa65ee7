package chat.switchboard.phones;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The indexes of {@code switchboard_phone_codes}; its unique key is {@code _id}. */
@ApplicationScoped
class PhoneCodeIndexes implements IndexPlan {

  @Override
  public String collection() {
    return PhoneCodeEntity.COLLECTION;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        new IndexModel(Indexes.ascending("user")),
        // Sparse: most codes are never spent.
        new IndexModel(Indexes.ascending("spentBy"), new IndexOptions().sparse(true)),
        new IndexModel(
            Indexes.ascending("forgetAt"), new IndexOptions().expireAfter(0L, TimeUnit.SECONDS)));
  }
}
