package chat.switchboard.routing;

import chat.switchboard.mongo.IndexPlan;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import jakarta.inject.Singleton;
import java.util.List;

/** The indexes of {@code switchboard_mappings}. */
@Singleton
class MappingIndexes implements IndexPlan {

  @Override
  public String collection() {
    return Mapping.COLLECTION;
  }

  @Override
  public List<IndexModel> indexes() {
    return List.of(
        new IndexModel(
            Indexes.ascending("phoneNumber", "serviceNumber", "conversationId"),
            new IndexOptions().unique(true)),
        // Finds the active mapping of a person at a service number.
        new IndexModel(
            Indexes.compoundIndex(
                Indexes.ascending("phoneNumber", "serviceNumber"), Indexes.descending("lastUsed"))),
        new IndexModel(Indexes.ascending("phoneNumber", "createdAt")),
        // The lists of the API, in their order.
        new IndexModel(
            Indexes.compoundIndex(
                Indexes.ascending("phoneNumber"), Indexes.descending("lastUsed", "_id"))),
        new IndexModel(
            Indexes.compoundIndex(
                Indexes.ascending("phoneNumber", "user"), Indexes.descending("lastUsed", "_id"))),
        new IndexModel(
            Indexes.compoundIndex(
                Indexes.ascending("conversationId"), Indexes.descending("lastUsed", "_id"))),
        new IndexModel(
            Indexes.compoundIndex(
                Indexes.ascending("conversationId", "phoneNumber"),
                Indexes.descending("lastUsed", "_id"))),
        // Sparse: most mappings have no code, and no two mappings may have the same code.
        new IndexModel(Indexes.ascending("code"), new IndexOptions().unique(true).sparse(true)),
        new IndexModel(Indexes.ascending("conversationSid"), new IndexOptions().sparse(true)),
        // Sparse, since few mappings have this field; every batch of OwnerForward queries the
        // index.
        new IndexModel(Indexes.ascending("forwardOwner"), new IndexOptions().sparse(true)),
        new IndexModel(Indexes.ascending("codeExpiresAt"), new IndexOptions().sparse(true)),
        new IndexModel(Indexes.ascending("lastUsed", "_id")));
  }
}
