package chat.switchboard.hooks;

import io.quarkus.mongodb.panache.common.reactive.ReactivePanacheUpdate;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Date;
import java.util.List;
import org.bson.Document;

/** The hooks in {@code switchboard_hooks}. */
@ApplicationScoped
class HookStore implements ReactivePanacheMongoRepositoryBase<HookEntity, String> {

  /** The most hooks that are stored. */
  static final int MOST = 500;

  /** Hooks by their name. */
  Uni<List<HookEntity>> page(int offset, int limit) {
    return find(new Document(), new Document("_id", 1)).range(offset, offset + limit - 1).list();
  }

  /** Sets the secrets; the number of hooks that were changed. */
  Uni<Long> setSecrets(String name, List<Document> secrets, Date at) {
    ReactivePanacheUpdate update =
        update(new Document("$set", new Document("secrets", secrets).append("updatedAt", at)));
    return update.where(new Document("_id", name));
  }
}
