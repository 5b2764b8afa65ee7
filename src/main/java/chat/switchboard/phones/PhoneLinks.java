package chat.switchboard.phones;

import chat.switchboard.address.Channel;
import chat.switchboard.address.PhoneIdentities;
import chat.switchboard.address.PhoneIdentity;
import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.librechat.User;
import chat.switchboard.librechat.Users;
import chat.switchboard.ops.FaultPoint;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Links a number to the user whose code the number texted. The steps can be repeated: a repeated
 * webhook finds the code spent by itself, and completes what a crash interrupted.
 */
@ApplicationScoped
class PhoneLinks {

  private static final Logger LOG = Logger.getLogger(PhoneLinks.class);

  /** The channels on which Twilio vouches for the sender's account. */
  private static final Set<Channel> PROVEN = EnumSet.of(Channel.SMS, Channel.RCS, Channel.WHATSAPP);

  /** In place of the account: the code was spent and links nothing. */
  private static final String NOBODY = "nobody";

  /** Two proofs of one number at the same time change the document one after the other. */
  private static final int MOST_TRIES = 5;

  private final OwnPhones phones;
  private final PhoneCodes codes;
  private final PhoneStore store;
  private final PhoneMoves moves;
  private final RevealedCodes revealed;
  private final PhoneIdentities identities;
  private final Users users;
  private final CodeLimits limits;
  private final Clock clock;

  PhoneLinks(
      OwnPhones phones,
      PhoneCodes codes,
      PhoneStore store,
      PhoneMoves moves,
      RevealedCodes revealed,
      PhoneIdentities identities,
      Users users,
      CodeLimits limits,
      Clock clock) {
    this.phones = phones;
    this.codes = codes;
    this.store = store;
    this.moves = moves;
    this.revealed = revealed;
    this.identities = identities;
    this.users = users;
    this.limits = limits;
    this.clock = clock;
  }

  /** The result of a text that has the form of a code. */
  sealed interface Result {

    /** The number belongs to this user now. */
    record Linked(User user) implements Result {}

    /**
     * No phone is linked.
     *
     * @param isTold whether the person gets the notice
     */
    record NotLinked(boolean isTold) implements Result {}
  }

  /**
   * Links the sender of a code. A code from a group, from a person who gets no answer (opted out,
   * too many texts), or after too many wrong codes links nothing, and is spent nevertheless: the
   * text with the code becomes a message, and the owner of its conversation could use the code.
   */
  Uni<Result> link(PhoneText text, String code) {
    String account = text.person().account();
    boolean isProof =
        text.mayBeAnswered()
            && !text.inGroup()
            && PROVEN.contains(text.person().channel())
            && text.person().isReachable();
    return limits
        .mayTry(account)
        .flatMap(isWithin -> spend(text, code, account, isProof && isWithin));
  }

  private Uni<Result> spend(PhoneText text, String code, String account, boolean mayLink) {
    return codes
        .spend(
            phones.hash(code),
            mayLink ? account : NOBODY,
            text.messageSid(),
            Date.from(clock.instant()))
        .flatMap(
            spent ->
                spent
                    .filter(known -> mayLink)
                    .filter(known -> known.spentBy.equals(account))
                    .filter(known -> known.spentSid.equals(text.messageSid()))
                    .map(known -> link(text, known))
                    .orElseGet(() -> notLinked(text, account, mayLink)));
  }

  /**
   * Spends the codes that a text contains among other words: the text becomes a message, whose
   * reader could link a phone with such a code.
   *
   * @return whether the text contained a code that was valid until now
   */
  Uni<Boolean> spendRevealed(PhoneText text) {
    return revealed
        .unspentIn(text.words())
        .onItem()
        .transformToMulti((List<PhoneCodeEntity> found) -> Multi.createFrom().iterable(found))
        .onItem()
        .transformToUniAndConcatenate(
            code -> codes.spend(code.id, NOBODY, text.messageSid(), Date.from(clock.instant())))
        .collect()
        .asList()
        .map(spent -> !spent.isEmpty());
  }

  private Uni<Result> notLinked(PhoneText text, String account, boolean mayLink) {
    LOG.infof("A code of an own phone from %s links nothing.", text.person().masked());
    return limits.countWrong(account).map(counted -> new Result.NotLinked(mayLink));
  }

  private Uni<Result> link(PhoneText text, PhoneCodeEntity code) {
    FaultPoint.reached("code spent");
    return Uni.combine()
        .all()
        .unis(users.find(code.user), identities.of(text.person().text()))
        .asTuple()
        .flatMap(
            read ->
                read.getItem1()
                    .map(user -> link(text, code, user, read.getItem2()))
                    .orElseGet(() -> Uni.createFrom().item(new Result.NotLinked(true))));
  }

  private Uni<Result> link(PhoneText text, PhoneCodeEntity code, User user, PhoneIdentity person) {
    return prove(text, code, person, MOST_TRIES)
        .flatMap(
            proved -> {
              if (proved.isEmpty()) {
                return Uni.createFrom().item(new Result.NotLinked(true));
              }
              FaultPoint.reached("phone linked");
              return moves
                  .complete(proved.get())
                  .invoke(
                      () ->
                          LOG.infof(
                              "The phone %s is linked to user %s.",
                              text.person().masked(), code.user))
                  .replaceWith(() -> new Result.Linked(user));
            });
  }

  /** Returns the changed phone; empty if a newer proof has given the number to another user. */
  private Uni<Optional<PhoneEntity>> prove(
      PhoneText text, PhoneCodeEntity code, PhoneIdentity person, int tries) {
    return store
        .ofAccounts(OwnPhones.accounts(person))
        .flatMap(
            known -> {
              PhoneEntity wanted = wanted(text, code, known);
              if (known.isEmpty()) {
                return store.insert(wanted).map(done -> new Step(done, wanted.id));
              }
              PhoneEntity there = known.get();
              if (there.user.equals(code.user)) {
                return store.renew(wanted).map(done -> new Step(done, wanted.id));
              }
              return there.proofAt.after(code.spentAt)
                  ? Uni.createFrom().item(new Step(true, null))
                  : moves
                      .complete(there)
                      .flatMap(told -> store.move(wanted, there.user))
                      .map(done -> new Step(done, wanted.id));
            })
        .flatMap(
            step -> {
              if (step.id() == null) {
                return Uni.createFrom().item(Optional.empty());
              }
              if (step.isDone()) {
                return store.get(step.id());
              }
              return tries > 1
                  ? prove(text, code, person, tries - 1)
                  : Uni.createFrom()
                      .failure(new IllegalStateException("Too many proofs of one number at once"));
            });
  }

  /**
   * @param isDone whether the step was done; otherwise the phone has changed since it was read
   * @param id the phone; null if a newer proof counts
   */
  private record Step(boolean isDone, String id) {}

  private static PhoneEntity wanted(
      PhoneText text, PhoneCodeEntity code, Optional<PhoneEntity> known) {
    PhoneEntity phone = new PhoneEntity();
    phone.id =
        known
            .map(there -> there.id)
            .orElseGet(
                () -> DeterministicIds.uuid("own phone", text.person().account()).toString());
    phone.number = text.person().account();
    phone.phoneNumber = text.person().text();
    phone.user = code.user;
    phone.since = code.spentAt;
    phone.lastUsed = code.spentAt;
    phone.proofAt = code.spentAt;
    phone.proofServiceNumber = text.to().orElse(null);
    phone.proofMessageSid = text.messageSid();
    return phone;
  }
}
