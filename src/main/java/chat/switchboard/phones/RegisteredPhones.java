package chat.switchboard.phones;

import chat.switchboard.address.PhoneIdentity;
import chat.switchboard.librechat.LibreChatConfig;
import chat.switchboard.routing.PhoneOwner;
import chat.switchboard.routing.PhoneOwners;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.Optional;

/** Finds the user of the own phone from which a person texts, and stores the time of its use. */
@ApplicationScoped
class RegisteredPhones implements PhoneOwners {

  /** A use is noted once in this time, which is short beside the retention. */
  private static final Duration NOTED_ONCE_IN = Duration.ofHours(1);

  private final OwnPhones phones;
  private final PhoneStore store;
  private final Clock clock;
  private final boolean autoReply;

  RegisteredPhones(
      OwnPhones phones,
      PhoneStore store,
      PhonesConfig config,
      LibreChatConfig libreChatConfig,
      Clock clock) {
    this.phones = phones;
    this.store = store;
    this.clock = clock;
    // Without LibreChat's address nothing can ask its agent.
    this.autoReply =
        config.autoReply()
            && libreChatConfig.librechatUrl().filter(set -> !set.isBlank()).isPresent();
  }

  @Override
  public Uni<Optional<PhoneOwner>> of(PhoneIdentity person, boolean isText) {
    return phones
        .ownerOf(person)
        .call(found -> isText && found.isPresent() ? used(found.get()) : nothing())
        .map(found -> found.map(this::owner));
  }

  private Uni<Void> used(OwnPhone phone) {
    return phone.lastUsed().isBefore(clock.instant().minus(NOTED_ONCE_IN))
        ? store.used(phone.id(), phone.userId(), Date.from(clock.instant()))
        : nothing();
  }

  PhoneOwner owner(OwnPhone phone) {
    return new PhoneOwner(
        phone.userId(),
        Date.from(phone.since()),
        autoReply,
        phone.endpoint(),
        phone.model(),
        phone.agentId());
  }

  private static Uni<Void> nothing() {
    return Uni.createFrom().voidItem();
  }
}
