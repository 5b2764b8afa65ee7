package chat.switchboard.outbound;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.Store;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.function.Supplier;
import org.bson.conversions.Bson;

/** Every query and every write of {@code switchboard_windows}. */
@Store
@ApplicationScoped
class SessionWindowStore implements ReactivePanacheMongoRepositoryBase<SessionWindow, String> {

  private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);

  /** Returns the records with these ids. */
  Uni<List<SessionWindow>> get(Collection<String> ids) {
    return find(in("_id", ids)).list();
  }

  /** Notes with one command that persons have written; an earlier time changes nothing. */
  Uni<Void> wrote(List<SessionWindow> records) {
    List<UpdateOneModel<SessionWindow>> upserts =
        records.stream()
            .map(
                one ->
                    new UpdateOneModel<SessionWindow>(
                        eq("_id", one.id),
                        change(one.account, Updates.max("writtenAt", one.writtenAt), one.forgetAt),
                        new UpdateOptions().upsert(true)))
            .toList();
    return again(() -> mongoCollection().bulkWrite(upserts, UNORDERED).replaceWithVoid());
  }

  /** Notes that a text of this time met a closed window. */
  Uni<Void> refused(String id, String account, Date at, Date forgetAt) {
    Bson change = change(account, Updates.max("refusedAt", at), forgetAt);
    return again(
        () ->
            mongoCollection()
                .updateOne(eq("_id", id), change, new UpdateOptions().upsert(true))
                .replaceWithVoid());
  }

  private static Bson change(String account, Bson time, Date forgetAt) {
    return Updates.combine(
        time, Updates.set("account", account), Updates.max("forgetAt", forgetAt));
  }

  /** Another message of the person may make a record at the same time. */
  private static Uni<Void> again(Supplier<Uni<Void>> upsert) {
    return upsert.get().onFailure(DuplicateKey::is).recoverWithUni(upsert::get);
  }

  /** Removes the records of these accounts. */
  Uni<Long> remove(Collection<String> accounts) {
    return delete(in("account", accounts));
  }
}
