package chat.switchboard.outbound;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.Store;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.bson.conversions.Bson;

/** Every query and every write of {@code switchboard_windows}. */
@Store
@ApplicationScoped
class SessionWindowStore implements ReactivePanacheMongoRepositoryBase<SessionWindow, String> {

  /** Returns the records with these ids. */
  Uni<List<SessionWindow>> get(Collection<String> ids) {
    return find(in("_id", ids)).list();
  }

  /** Notes that the person has written; an earlier time changes nothing. */
  Uni<Void> wrote(String id, String account, Date at, Date forgetAt) {
    return note(id, account, Updates.max("writtenAt", at), forgetAt);
  }

  /** Notes that a text of this time met a closed window. */
  Uni<Void> refused(String id, String account, Date at, Date forgetAt) {
    return note(id, account, Updates.max("refusedAt", at), forgetAt);
  }

  private Uni<Void> note(String id, String account, Bson change, Date forgetAt) {
    Bson all =
        Updates.combine(change, Updates.set("account", account), Updates.max("forgetAt", forgetAt));
    return upsert(id, all)
        // Another message of this person has made the record at the same time.
        .onFailure(DuplicateKey::is)
        .recoverWithUni(() -> upsert(id, all));
  }

  private Uni<Void> upsert(String id, Bson change) {
    return mongoCollection()
        .updateOne(eq("_id", id), change, new UpdateOptions().upsert(true))
        .replaceWithVoid();
  }

  /** Removes the records of these accounts. */
  Uni<Long> remove(Collection<String> accounts) {
    return delete(in("account", accounts));
  }
}
