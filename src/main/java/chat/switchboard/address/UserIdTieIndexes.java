package chat.switchboard.address;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The indexes of {@code switchboard_user_ids}; its unique key is {@code _id}. */
@Singleton
class UserIdTieIndexes implements IndexPlan {

  @Override
  public String collection() {
    return UserIdTie.COLLECTION;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        new IndexModel(
            Indexes.compoundIndex(Indexes.ascending("account"), Indexes.descending("forgetAt"))),
        new IndexModel(Indexes.ascending("phoneNumber")),
        new IndexModel(
            Indexes.ascending("forgetAt"), new IndexOptions().expireAfter(0L, TimeUnit.SECONDS)));
  }
}
