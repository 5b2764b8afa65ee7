package chat.switchboard.address;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
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
 * kept as long as an unused mapping, and each use renews the tie.
 */
@Singleton
public class PhoneIdentities {

  private final UserIdTies userIds;
  private final Clock clock;
  private final Duration retention;

  PhoneIdentities(UserIdTies userIds, Clock clock, MappingsConfig config) {
    this.userIds = userIds;
    this.clock = clock;
    this.retention = config.retention();
  }

  /**
   * Returns every name of the person with this name; only a WhatsApp address needs the database.
   */
  public Uni<PhoneIdentity> of(String name) {
    PhoneAddress address = PhoneAddress.of(name);
    if (address.channel() != Channel.WHATSAPP) {
      return Uni.createFrom().item(PhoneIdentity.of(name));
    }
    Uni<List<UserIdTie>> ties =
        address.isUserId()
            ? userIds.get(name).flatMap(tie -> tie.map(this::used).orElseGet(PhoneIdentities::none))
            : userIds.ofAccount(address.account());
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

  /** Each use of a tie keeps it longer. */
  private Uni<List<UserIdTie>> used(UserIdTie tie) {
    return renewed(tie).flatMap(done -> userIds.ofAccount(tie.account));
  }

  private static Uni<List<UserIdTie>> none() {
    return Uni.createFrom().item(List.of());
  }

  /**
   * Stores that a number and a user ID are one person.
   *
   * @param from the sender's address of a message
   * @param externalUserId the value of Twilio's field {@code ExternalUserId}; a value that is not a
   *     user ID changes nothing
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
    return userIds.keep(userId.get(), number, forgetAt());
  }

  private Uni<Void> renewed(UserIdTie tie) {
    boolean isFresh =
        tie.forgetAt.toInstant().isAfter(clock.instant().plus(retention.dividedBy(2)));
    return isFresh ? Uni.createFrom().voidItem() : userIds.renew(tie.id, forgetAt());
  }

  /** Removes the ties of these names. */
  public Uni<Long> forget(Collection<String> names) {
    return userIds.remove(names);
  }

  private Date forgetAt() {
    return Date.from(clock.instant().plus(retention));
  }
}
