package chat.switchboard.outbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Filters.regex;

import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.Store;
import com.mongodb.client.model.PushOptions;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.conversions.Bson;

/** The collection {@code switchboard_optouts}, for {@link OptOuts}. */
@Store
@ApplicationScoped
class OptOutRecords implements ReactivePanacheMongoRepositoryBase<OptOut, String> {

  /** Enough SIDs to recognise a repeated webhook; the limit bounds the record. */
  private static final int REMEMBERED_SIDS = 20;

  private final Clock clock;

  OptOutRecords(Clock clock) {
    this.clock = clock;
  }

  /** Whether one of these records is an opt-out. */
  Uni<Boolean> anyOptedOut(List<String> ids) {
    return BoundedCount.any(mongoCollection(), and(in("_id", ids), eq("optedOut", true)));
  }

  /** Returns the opt-outs among these records. */
  Uni<List<OptOut>> optedOut(List<String> ids) {
    return find(and(in("_id", ids), eq("optedOut", true))).list();
  }

  /** Returns the opt-outs among these records, and those of these names to an RCS agent. */
  Uni<List<OptOut>> optedOut(List<String> ids, Collection<String> names) {
    return find(and(
            or(in("_id", ids), and(in("phoneNumber", names), regex("serviceNumber", "^rcs:"))),
            eq("optedOut", true)))
        .list();
  }

  /**
   * Sets whether the person has opted out. A message that the record knows changes nothing.
   *
   * @param person null for a forgotten person
   * @param sid the SID of the message in which the person opted out or in
   */
  Uni<Void> note(
      String id, String person, String ours, boolean optedOut, String cause, Optional<String> sid) {
    Bson which = sid.<Bson>map(one -> and(eq("_id", id), ne("sids", one))).orElse(eq("_id", id));
    Bson change =
        Updates.combine(
            Updates.set("optedOut", optedOut),
            Updates.set("cause", cause),
            Updates.set("at", new Date(clock.millis())),
            Updates.set("serviceNumber", ours));
    if (person != null) {
      change = Updates.combine(change, Updates.set("phoneNumber", person));
    }
    if (sid.isPresent()) {
      change =
          Updates.combine(
              change,
              Updates.pushEach(
                  "sids", List.of(sid.get()), new PushOptions().slice(-REMEMBERED_SIDS)));
    }
    return mongoCollection()
        .updateOne(which, change, new UpdateOptions().upsert(true))
        .replaceWithVoid()
        // The record exists and contains this message, which is a repetition.
        .onFailure(DuplicateKey::is)
        .recoverWithNull();
  }

  /** Returns the opt-outs, the newest first. */
  Uni<List<OptOut>> newest(int offset, int limit) {
    return find(eq("optedOut", true), Sorts.descending("at", "_id"))
        .range(offset, offset + limit - 1)
        .list();
  }

  /** The number of opt-outs, at most as {@link BoundedCount} counts. */
  Uni<Long> countOptedOut() {
    return BoundedCount.of(mongoCollection(), eq("optedOut", true));
  }

  /** Returns the records of the person with these names. */
  Uni<List<OptOut>> ofPerson(Collection<String> names) {
    return find(in("phoneNumber", names)).list();
  }

  /** Deletes the records of the person with these names. */
  Uni<Long> deletePerson(Collection<String> names) {
    return delete(in("phoneNumber", names));
  }
}
