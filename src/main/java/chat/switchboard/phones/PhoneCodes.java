package chat.switchboard.phones;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;

import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.Store;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/** Every query and every write of {@code switchboard_phone_codes}. */
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

  /** Removes the codes that these accounts spent. */
  Uni<Long> removeSpentBy(Collection<String> accounts) {
    return delete(in("spentBy", accounts));
  }
}
