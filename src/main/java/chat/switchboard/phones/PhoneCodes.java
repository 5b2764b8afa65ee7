package chat.switchboard.phones;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;

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
import java.util.Optional;
import org.bson.conversions.Bson;

/**
 * Every query and every write of {@code switchboard_phone_codes}: the codes, and the counts of
 * {@link CodeLimits}, which have neither a user nor a proof.
 */
@Store
@ApplicationScoped
class PhoneCodes implements ReactivePanacheMongoRepositoryBase<PhoneCodeEntity, String> {

  /** Returns those of these codes that can still be used. */
  Uni<List<PhoneCodeEntity>> unspent(Collection<String> hashes, Date now) {
    return find(and(in("_id", hashes), eq("spentBy", null), gt("expiresAt", now))).list();
  }

  /**
   * Inserts a code; the user's older unspent codes end.
   *
   * @return false if there is a code with this hash
   */
  Uni<Boolean> insert(PhoneCodeEntity code) {
    return persist(code)
        .flatMap(
            stored ->
                delete(
                    and(
                        eq("user", code.user),
                        eq("spentBy", null),
                        lt("createdAt", code.createdAt))))
        .replaceWith(true)
        .onFailure(DuplicateKey::is)
        .recoverWithItem(false);
  }

  /**
   * Spends a code that is valid now. Of several texts with one code, one spends it.
   *
   * @param spentBy the account, or another word for a code that links nothing
   * @return the code, with the text that spent it; empty if there is no such code or it has expired
   */
  Uni<Optional<PhoneCodeEntity>> spend(String hash, String spentBy, String messageSid, Date now) {
    return mongoCollection()
        .updateOne(
            and(eq("_id", hash), eq("spentBy", null), gt("expiresAt", now)),
            Updates.combine(
                Updates.set("spentBy", spentBy),
                Updates.set("spentSid", messageSid),
                Updates.set("spentAt", now)))
        .flatMap(done -> findById(hash))
        .map(found -> Optional.ofNullable(found).filter(code -> code.spentBy != null));
  }

  /**
   * Raises a count by one, unless the count has reached the limit. One conditional update raises
   * the count, so that requests at the same time do not exceed the limit.
   *
   * @return whether the count was raised
   */
  Uni<Boolean> raise(String countId, int limit, Date forgetAt) {
    if (limit < 1) {
      return Uni.createFrom().item(false);
    }
    Bson room = and(eq("_id", countId), lt("used", limit));
    Bson raised = Updates.inc("used", 1);
    return mongoCollection()
        .updateOne(
            room,
            Updates.combine(raised, Updates.setOnInsert("forgetAt", forgetAt)),
            new UpdateOptions().upsert(true))
        .replaceWith(true)
        // The count exists: the limit is reached, or another request has just created the count.
        .onFailure(DuplicateKey::is)
        .recoverWithUni(
            () ->
                mongoCollection().updateOne(room, raised).map(done -> done.getMatchedCount() == 1));
  }

  /** Whether a count has reached this value. */
  Uni<Boolean> hasCount(String countId, int value) {
    return count(and(eq("_id", countId), gte("used", value))).map(found -> found > 0);
  }

  /** Removes the codes that these accounts spent. */
  Uni<Long> removeSpentBy(Collection<String> accounts) {
    return delete(in("spentBy", accounts));
  }
}
