package chat.switchboard.phones;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;

import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.Store;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;

/** Every query and every write of {@code switchboard_phones}. */
@Store
@ApplicationScoped
class PhoneStore implements ReactivePanacheMongoRepositoryBase<PhoneEntity, String> {

  /** Returns the phone with this id. */
  Uni<Optional<PhoneEntity>> get(String id) {
    return findById(id).map(Optional::ofNullable);
  }

  /** Returns the phone of a person with these accounts; of several, the one used last. */
  Uni<Optional<PhoneEntity>> ofAccounts(Collection<String> accounts) {
    return find(in("number", accounts), Sorts.descending("lastUsed"))
        .firstResult()
        .map(Optional::ofNullable);
  }

  /**
   * Filters the list of phones.
   *
   * @param accounts the accounts of a person; empty for every person
   * @param user a user; empty for all
   */
  record Filter(Optional<List<String>> accounts, Optional<String> user) {}

  /** Returns a page of phones, the newest first. */
  Uni<List<PhoneEntity>> list(Filter filter, int offset, int limit) {
    return find(query(filter), Sorts.descending("since", "_id"))
        .range(offset, offset + limit - 1)
        .list();
  }

  /** The number of phones, at most as {@link BoundedCount} counts. */
  Uni<Long> count(Filter filter) {
    return BoundedCount.of(mongoCollection(), query(filter));
  }

  private static Bson query(Filter filter) {
    Document query = new Document();
    filter.user().ifPresent(user -> query.append("user", user));
    filter.accounts().ifPresent(all -> query.append("number", new Document("$in", all)));
    return query;
  }

  /** Inserts a phone; false if the number has a phone. */
  Uni<Boolean> insert(PhoneEntity phone) {
    return persist(phone).replaceWith(true).onFailure(DuplicateKey::is).recoverWithItem(false);
  }

  /** Notes a further proof of the same user; false if the number belongs to another user now. */
  Uni<Boolean> renew(PhoneEntity phone) {
    return mongoCollection()
        .updateOne(
            and(eq("_id", phone.id), eq("user", phone.user)),
            Updates.combine(proof(phone), Updates.max("lastUsed", phone.lastUsed)))
        .map(done -> done.getMatchedCount() == 1);
  }

  /**
   * Moves a number to another user, whose choices begin anew; false if the number does not belong
   * to the old user any more, or if the user before is not told yet.
   */
  Uni<Boolean> move(PhoneEntity phone, String oldUser) {
    return mongoCollection()
        .updateOne(
            and(eq("_id", phone.id), eq("user", oldUser), eq("untoldUser", null)),
            Updates.combine(
                proof(phone),
                Updates.set("user", phone.user),
                Updates.set("since", phone.since),
                Updates.set("lastUsed", phone.lastUsed),
                Updates.set("untoldUser", oldUser),
                Updates.unset("endpoint"),
                Updates.unset("model"),
                Updates.unset("agentId"),
                Updates.unset("listed"),
                Updates.unset("listedUntil")))
        .map(done -> done.getMatchedCount() == 1);
  }

  private static Bson proof(PhoneEntity phone) {
    return Updates.combine(
        Updates.set("phoneNumber", phone.phoneNumber),
        Updates.set("proofAt", phone.proofAt),
        Updates.set("proofServiceNumber", phone.proofServiceNumber),
        Updates.set("proofMessageSid", phone.proofMessageSid));
  }

  /** Returns phones that moved from a user who is not told yet. */
  Uni<List<PhoneEntity>> untold(int most) {
    // A server reads a sparse index for a range, and not every server does so for $exists.
    return find(gt("untoldUser", "")).page(0, most).list();
  }

  /** Notes that the old user is told. */
  Uni<Void> told(String id, String oldUser) {
    return mongoCollection()
        .updateOne(and(eq("_id", id), eq("untoldUser", oldUser)), Updates.unset("untoldUser"))
        .replaceWithVoid();
  }

  /** Notes that a text came. */
  Uni<Void> used(String id, String user, Date at) {
    return mongoCollection()
        .updateOne(and(eq("_id", id), eq("user", user)), Updates.max("lastUsed", at))
        .replaceWithVoid();
  }

  /**
   * Stores the user's choice for conversations that texts open; an empty value is the default.
   *
   * @return false if the user has no such phone
   */
  Uni<Boolean> choose(
      String id,
      String user,
      Optional<String> endpoint,
      Optional<String> model,
      Optional<String> agentId) {
    return mongoCollection()
        .updateOne(
            and(eq("_id", id), eq("user", user)),
            Updates.combine(
                set("endpoint", endpoint), set("model", model), set("agentId", agentId)))
        .map(done -> done.getMatchedCount() == 1);
  }

  private static Bson set(String field, Optional<String> value) {
    return value.map(given -> Updates.set(field, given)).orElseGet(() -> Updates.unset(field));
  }

  /** Stores the list of conversations that the person got, for the numbers that follow. */
  Uni<Void> list(String id, String user, List<String> conversations, Date until) {
    return mongoCollection()
        .updateOne(
            and(eq("_id", id), eq("user", user)),
            Updates.combine(
                Updates.set("listed", conversations), Updates.set("listedUntil", until)))
        .replaceWithVoid();
  }

  /** Removes a phone of this user; false if there is none. */
  Uni<Boolean> remove(String id, String user) {
    return delete(and(eq("_id", id), eq("user", user))).map(removed -> removed > 0);
  }

  /** Removes the phones of these accounts. */
  Uni<Long> removeOf(Collection<String> accounts) {
    return delete(in("number", accounts));
  }
}
