package chat.switchboard.address;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.or;

import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.Store;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/** Every query and every write of {@code switchboard_user_ids}. */
@Store
@Singleton
class UserIdTies implements ReactivePanacheMongoRepositoryBase<UserIdTie, String> {

  /** A number has one user ID for each business portfolio at Meta; more are not looked at. */
  private static final int MOST_TIES = 10;

  /** Returns the tie of a user ID. */
  Uni<Optional<UserIdTie>> get(String userId) {
    return findById(userId).map(Optional::ofNullable);
  }

  /** Returns the ties of an account, the last used first. */
  Uni<List<UserIdTie>> ofAccount(String account) {
    return find(eq("account", account), Sorts.descending("forgetAt")).page(0, MOST_TIES).list();
  }

  /** Keeps that a number and a user ID are one person. */
  Uni<Void> keep(PhoneAddress userId, PhoneAddress number, Date forgetAt) {
    return mongoCollection()
        .updateOne(
            eq("_id", userId.text()),
            Updates.combine(
                Updates.set("phoneNumber", number.text()),
                Updates.set("account", number.account()),
                Updates.set("forgetAt", forgetAt)),
            new UpdateOptions().upsert(true))
        .replaceWithVoid()
        // Another message of this person has kept the same tie at the same time.
        .onFailure(DuplicateKey::is)
        .recoverWithNull();
  }

  /** Keeps a tie longer. */
  Uni<Void> renew(String userId, Date forgetAt) {
    return mongoCollection()
        .updateOne(eq("_id", userId), Updates.set("forgetAt", forgetAt))
        .replaceWithVoid();
  }

  /** Removes the ties of these names. */
  Uni<Long> remove(Collection<String> names) {
    return delete(or(in("_id", names), in("phoneNumber", names)));
  }
}
