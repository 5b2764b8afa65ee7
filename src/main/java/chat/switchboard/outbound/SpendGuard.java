package chat.switchboard.outbound;

import chat.switchboard.ops.Cause;
import chat.switchboard.outbound.SpendLedger.Counter;
import chat.switchboard.phone.Channel;
import chat.switchboard.phone.Mask;
import chat.switchboard.phone.PhoneAddress;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Decides whether a text may be paid for, and counts it. What is counted and then not queued, since
 * the process died in between, stays counted: the counters err to the safe side.
 */
@ApplicationScoped
public class SpendGuard {

  private static final Logger LOG = Logger.getLogger(SpendGuard.class);

  private final SpendDestinations destinations;
  private final SpendLedger ledger;
  private final SendingSwitch sending;
  private final PeopleDirectory people;
  private final Secrets secrets;
  private final SpendConfig limits;
  private final MeterRegistry meters;

  SpendGuard(
      SpendDestinations destinations,
      SpendLedger ledger,
      SendingSwitch sending,
      PeopleDirectory people,
      Secrets secrets,
      SpendConfig limits,
      MeterRegistry meters) {
    this.limits = limits;
    this.destinations = destinations;
    this.ledger = ledger;
    this.sending = sending;
    this.people = people;
    this.secrets = secrets;
    this.meters = meters;
  }

  /** Who wants a text to be sent. */
  public enum Origin {
    /** A caller of the API, who names the person. */
    CALLER,
    /** This service: an answer, a forwarded text, a notice. */
    SERVICE
  }

  /**
   * A text that costs money.
   *
   * @param to the person, as Twilio names them
   * @param from our number or messaging service, if one is known
   * @param conversationId where it belongs, if that is known: its owner's limit counts
   * @param segments how many segments are billed; for WhatsApp and RCS, which are billed by the
   *     message, how many messages
   */
  public record Wish(
      String to,
      Optional<String> from,
      Optional<String> conversationId,
      int segments,
      Origin origin) {}

  /** What the guard decides. */
  public sealed interface Verdict {

    /** The text may go, and is counted. */
    record Granted(Grant grant) implements Verdict {}

    /**
     * The text may not go.
     *
     * @param cause one sentence that names the setting; never a whole number
     * @param retryAfter until the counters begin again
     */
    record Denied(SpendReason reason, String cause, Duration retryAfter) implements Verdict {}
  }

  /** What was counted for one text. */
  public static final class Grant {
    private final List<Raised> raised = new ArrayList<>();

    private record Raised(Counter counter, int by) {}
  }

  /** What these parts of a text are billed as: see {@link Wish#segments()}. */
  static int billed(String to, List<OutboxEntry> parts) {
    return isSms(to) ? parts.stream().mapToInt(part -> part.segments).sum() : parts.size();
  }

  /** What a text that is not in the outbox is billed as: see {@link Wish#segments()}. */
  public static int billed(String to, String text) {
    return isSms(to) ? Segments.of(text).count() : 1;
  }

  private static boolean isSms(String to) {
    return PhoneAddress.of(to).channel() == Channel.SMS;
  }

  /** Whether texts may go to this address at all; no segment is counted. */
  public Uni<Optional<Verdict.Denied>> denyAddress(String to, Optional<String> from) {
    Optional<Verdict.Denied> denied = deny(to, from);
    return denied.isEmpty()
        ? Uni.createFrom().item(denied)
        : report(to, denied.get()).replaceWith(denied);
  }

  private Optional<Verdict.Denied> deny(String to, Optional<String> from) {
    return destinations
        .deny(to, from)
        .map(denial -> new Verdict.Denied(denial.reason(), denial.cause(), ledger.untilNextDay()));
  }

  /** Decides on a text, and counts it where it may go. */
  public Uni<Verdict> request(Wish wish) {
    return decide(wish)
        .call(
            verdict ->
                verdict instanceof Verdict.Denied denied
                    ? report(wish.to(), denied)
                    : Uni.createFrom().voidItem());
  }

  /** The same for a text that is sent at once, so that it cannot wait until a pause is over. */
  public Uni<Verdict> requestNow(Wish wish) {
    return sending
        .isPaused()
        .flatMap(
            paused ->
                paused
                    ? refuse(SpendReason.PAUSED, "An operator has paused all sending")
                        .call(denied -> report(wish.to(), (Verdict.Denied) denied))
                    : request(wish));
  }

  private Uni<Verdict> decide(Wish wish) {
    Optional<Verdict.Denied> denied = deny(wish.to(), wish.from());
    if (denied.isPresent()) {
      return Uni.createFrom().item(denied.get());
    }
    // One person on SMS and on WhatsApp, however WhatsApp spells the number.
    PhoneAddress to = PhoneAddress.of(wish.to());
    String person = secrets.hash("spend", PhoneAddress.of(to.account()).value());
    return wish.origin() == Origin.CALLER
        ? segments(wish, person).call(verdict -> introduce(person, verdict))
        : newcomer(wish, person)
            .flatMap(isNew -> isNew ? withNewcomer(wish, person) : segments(wish, person));
  }

  /** Whom a caller of the API has written to, may be answered without counting as new. */
  private Uni<?> introduce(String person, Verdict verdict) {
    return verdict instanceof Verdict.Granted ? ledger.meet(person) : Uni.createFrom().voidItem();
  }

  /** Whether an answer to this person is the first one, and is not counted yet. */
  private Uni<Boolean> newcomer(Wish wish, String person) {
    return ledger
        .isMet(person)
        .flatMap(
            met ->
                met
                    ? Uni.createFrom().item(false)
                    : people
                        .isKnown(wish.to(), ledger.today().atStartOfDay(ZoneOffset.UTC).toInstant())
                        .map(known -> !known));
  }

  /** First a look, since a flood of strangers is not to cost a write for each of them. */
  private Uni<Verdict> withNewcomer(Wish wish, String person) {
    long highest = highest(limits.newPeoplePerDay(), 1);
    return ledger
        .used(ledger.people())
        .flatMap(
            used ->
                used > highest
                    ? tooManyPeople()
                    : segments(wish, person)
                        .flatMap(
                            verdict ->
                                verdict instanceof Verdict.Granted granted
                                    ? countNewcomer(granted, person, highest)
                                    : Uni.createFrom().item(verdict)));
  }

  private Uni<Verdict> countNewcomer(Verdict.Granted granted, String person, long highest) {
    Counter newcomers = ledger.people();
    return ledger
        .raise(newcomers, 1, highest)
        .flatMap(
            raised ->
                raised
                    ? ledger
                        .meet(person)
                        // Another text to the same person came first.
                        .call(
                            first ->
                                first ? Uni.createFrom().voidItem() : ledger.lower(newcomers, 1))
                        .replaceWith((Verdict) granted)
                    : giveBack(granted.grant()).flatMap(done -> tooManyPeople()));
  }

  private Uni<Verdict> tooManyPeople() {
    return refuse(
        SpendReason.PEOPLE,
        "New people who are answered in a day are at their limit of "
            + limits.newPeoplePerDay()
            + " (switchboard.spend.new-people-per-day)");
  }

  private Uni<Verdict> segments(Wish wish, String person) {
    Grant grant = new Grant();
    return wish.conversationId()
        .map(people::owner)
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .flatMap(
            owner ->
                raise(grant, ledger.person(person), wish.segments(), roomForPerson(wish))
                    .flatMap(
                        raised ->
                            raised
                                ? ofOwner(grant, wish, owner)
                                : over(
                                    grant,
                                    SpendReason.PERSON,
                                    "Segments a day to one person",
                                    limits.personSegmentsPerDay(),
                                    "person-segments-per-day")));
  }

  private Uni<Verdict> ofOwner(Grant grant, Wish wish, Optional<String> owner) {
    return owner
        .map(
            user ->
                raise(
                    grant,
                    ledger.owner(user),
                    wish.segments(),
                    highest(limits.ownerSegmentsPerDay(), wish.segments())))
        .orElseGet(() -> Uni.createFrom().item(true))
        .flatMap(
            raised ->
                raised
                    ? ofAll(grant, wish)
                    : over(
                        grant,
                        SpendReason.OWNER,
                        "Segments a day for one owner",
                        limits.ownerSegmentsPerDay(),
                        "owner-segments-per-day"));
  }

  private Uni<Verdict> ofAll(Grant grant, Wish wish) {
    return raise(
            grant,
            ledger.total(),
            wish.segments(),
            highest(limits.segmentsPerDay(), wish.segments()))
        .flatMap(
            raised ->
                raised
                    ? Uni.createFrom().item((Verdict) new Verdict.Granted(grant))
                    : over(
                        grant,
                        SpendReason.TOTAL,
                        "Segments a day in all",
                        limits.segmentsPerDay(),
                        "segments-per-day"));
  }

  /**
   * A caller's text that has more segments than the limit would never go: it may, as the first text
   * to that person in a day.
   */
  private long roomForPerson(Wish wish) {
    int limit = limits.personSegmentsPerDay();
    boolean alone = wish.origin() == Origin.CALLER && limit > 0 && wish.segments() > limit;
    return alone ? 0 : highest(limit, wish.segments());
  }

  /** What may be counted before this much more. */
  private static long highest(int limit, int more) {
    return limit < 0 ? SpendLedger.UNLIMITED : (long) limit - more;
  }

  private Uni<Boolean> raise(Grant grant, Counter counter, int by, long highest) {
    return ledger
        .raise(counter, by, highest)
        .invoke(
            raised -> {
              if (raised) {
                grant.raised.add(new Grant.Raised(counter, by));
              }
            });
  }

  private Uni<Verdict> over(
      Grant grant, SpendReason reason, String what, int limit, String setting) {
    return giveBack(grant)
        .flatMap(
            done ->
                refuse(
                    reason,
                    what
                        + " are at their limit of "
                        + limit
                        + " (switchboard.spend."
                        + setting
                        + ")"));
  }

  private Uni<Verdict> refuse(SpendReason reason, String cause) {
    return Uni.createFrom().item(() -> new Verdict.Denied(reason, cause, ledger.untilNextDay()));
  }

  /** Takes back what was counted for a text that was not queued. */
  public Uni<Void> giveBack(Grant grant) {
    return io.smallrye.mutiny.Multi.createFrom()
        .iterable(List.copyOf(grant.raised))
        .onItem()
        .transformToUniAndConcatenate(one -> ledger.lower(one.counter(), one.by()))
        .collect()
        .asList()
        .invoke(done -> grant.raised.clear())
        .replaceWithVoid();
  }

  /** One line, one more in the figure; a database that is away must not change the verdict. */
  private Uni<Void> report(String to, Verdict.Denied denied) {
    LOG.warnf("A text to %s is not sent: %s", Mask.phone(to), denied.cause());
    meters.counter("switchboard.spend.blocked", "reason", denied.reason().label()).increment();
    return ledger
        .block(denied.reason())
        .onFailure()
        .invoke(failure -> LOG.debugf("A refused text was not counted: %s", Cause.of(failure)))
        .onFailure()
        .recoverWithNull();
  }
}
