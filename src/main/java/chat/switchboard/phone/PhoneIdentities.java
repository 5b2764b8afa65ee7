package chat.switchboard.phone;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.or;

import chat.switchboard.mongo.DuplicateKey;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds every name of a person. Twilio names a WhatsApp user by a number or by a user ID, and for a
 * time the field {@code ExternalUserId} of a webhook names the ID beside the number: that tie is
 * kept as long as an unused mapping, and each use renews it.
 */
@ApplicationScoped
public class PhoneIdentities {

  /** A number has one user ID for each business portfolio at Meta; more are not looked at. */
  private static final int MOST_TIES = 10;

  private final Clock clock;
  private final Duration retention;

  PhoneIdentities(Clock clock, MappingsConfig config) {
    this.clock = clock;
    this.retention = config.retention();
  }

  /** Every name of the person with this name; only a WhatsApp address needs the database. */
  public Uni<PhoneIdentity> of(String name) {
    PhoneAddress address = PhoneAddress.of(name);
    if (address.channel() != Channel.WHATSAPP) {
      return Uni.createFrom().item(PhoneIdentity.of(name));
    }
    Uni<List<UserIdTie>> ties =
        address.isUserId()
            ? UserIdTie.<UserIdTie>findById(name)
                .flatMap(
                    tie ->
                        tie == null
                            ? Uni.createFrom().item(List.of())
                            : renewed(tie).flatMap(done -> ofAccount(tie.account)))
            : ofAccount(address.account());
    return ties.map(
        found ->
            new PhoneIdentity(
                address,
                Stream.concat(
                        address.spellings().stream(),
                        found.stream()
                            .flatMap(
                                tie ->
                                    Stream.concat(
                                        PhoneAddress.of(tie.phoneNumber).spellings().stream(),
                                        Stream.of(tie.id))))
                    .distinct()
                    .toList()));
  }

  private static Uni<List<UserIdTie>> ofAccount(String account) {
    return UserIdTie.<UserIdTie>find(eq("account", account), Sorts.descending("forgetAt"))
        .page(0, MOST_TIES)
        .list();
  }

  /**
   * Keeps that a number and a user ID are one person.
   *
   * @param from the address that a message came from
   * @param externalUserId the value of Twilio's field {@code ExternalUserId}; anything but a user
   *     ID changes nothing
   */
  public Uni<Void> tie(String from, Optional<String> externalUserId) {
    PhoneAddress number = PhoneAddress.of(from);
    Optional<PhoneAddress> userId =
        externalUserId
            .map(id -> new PhoneAddress(Channel.WHATSAPP, PhoneAddress.of(id).value()))
            .filter(PhoneAddress::isUserId);
    if (number.channel() != Channel.WHATSAPP || !number.isNumber() || userId.isEmpty()) {
      return Uni.createFrom().voidItem();
    }
    return UserIdTie.mongoCollection()
        .updateOne(
            eq("_id", userId.get().text()),
            Updates.combine(
                Updates.set("phoneNumber", number.text()),
                Updates.set("account", number.account()),
                Updates.set("forgetAt", forgetAt())),
            new UpdateOptions().upsert(true))
        .replaceWithVoid()
        // Another message of this person has kept the same tie at the same time.
        .onFailure(DuplicateKey::is)
        .recoverWithNull();
  }

  private Uni<Void> renewed(UserIdTie tie) {
    boolean isFresh =
        tie.forgetAt.toInstant().isAfter(clock.instant().plus(retention.dividedBy(2)));
    return isFresh
        ? Uni.createFrom().voidItem()
        : UserIdTie.mongoCollection()
            .updateOne(eq("_id", tie.id), Updates.set("forgetAt", forgetAt()))
            .replaceWithVoid();
  }

  /** Removes the ties of these names. */
  public Uni<Long> forget(Collection<String> names) {
    return UserIdTie.delete(or(in("_id", names), in("phoneNumber", names)));
  }

  private Date forgetAt() {
    return Date.from(clock.instant().plus(retention));
  }
}
