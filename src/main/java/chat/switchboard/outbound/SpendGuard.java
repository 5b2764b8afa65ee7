package chat.switchboard.outbound;

import chat.switchboard.address.Channel;
import chat.switchboard.address.Mask;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.ops.Cause;
import chat.switchboard.outbound.SpendLedger.Counter;
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
 * Decides whether the cost of a text is allowed, and counts the text. If the process dies between
 * the count and the queue, the text stays counted: the counters err on the safe side.
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

  /** The origin of a text. */
  public enum Origin {
    /** A caller of the API, who names the person. */
    CALLER,
    /** Switchboard itself: an answer, a forwarded text, a notice. */
    SERVICE
  }

  /**
   * A text that costs money.
   *
   * @param to the person's address, as Twilio spells it
   * @param from the service number or messaging service, if known
   * @param conversationId the conversation of the text, if known: the limit of its owner counts
   * @param segments the number of billed segments; for WhatsApp and RCS, which are billed by the
   *     message, the number of messages
   */
  public record Wish(
      String to,
      Optional<String> from,
      Optional<String> conversationId,
      int segments,
      Origin origin) {}

  /** The decision of the guard. */
  public sealed interface Verdict {

    /** The text is allowed and counted. */
    record Granted(Grant grant) implements Verdict {}

    /**
     * The text is refused.
     *
     * @param cause one sentence that names the setting; never a whole number
     * @param retryAfter the time until the counters restart
     */
    record Denied(SpendReason reason, String cause, Duration retryAfter) implements Verdict {}
  }

  /** The counts for one text. */
  public static final class Grant {
    private final List<Raised> raised = new ArrayList<>();

    private record Raised(Counter counter, int by) {}
  }

  /** Returns the billed segments of these parts of a text; see {@link Wish#segments()}. */
  static int billed(String to, List<OutboxEntry> parts) {
    return isSms(to) ? parts.stream().mapToInt(part -> part.segments).sum() : parts.size();
  }

  /**
   * Returns the billed segments of a text that is not in the outbox; see {@link Wish#segments()}.
   */
  public static int billed(String to, String text) {
    return isSms(to) ? Segments.of(text).count() : 1;
  }

  private static boolean isSms(String to) {
    return PhoneAddress.of(to).channel() == Channel.SMS;
  }

  /** Whether this address may get texts; counts no segment. */
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

  /** Decides on a text, and counts the text if allowed. */
  public Uni<Verdict> request(Wish wish) {
    return decide(wish)
        .call(
            verdict ->
                verdict instanceof Verdict.Denied denied
                    ? report(wish.to(), denied)
                    : Uni.createFrom().voidItem());
  }

  /** The same for a text that is sent at once and cannot wait until the end of a pause. */
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
    // SMS and WhatsApp, in both spellings of the number, are one person.
    PhoneAddress to = PhoneAddress.of(wish.to());
    String person = secrets.hash("spend", PhoneAddress.of(to.account()).value());
    return wish.origin() == Origin.CALLER
        ? segments(wish, person).call(verdict -> introduce(person, verdict))
        : newcomer(wish, person)
            .flatMap(isNew -> isNew ? withNewcomer(wish, person) : segments(wish, person));
  }

  /** A person to whom an API caller has written gets answers without counting as new. */
  private Uni<?> introduce(String person, Verdict verdict) {
    return verdict instanceof Verdict.Granted ? ledger.meet(person) : Uni.createFrom().voidItem();
  }

  /** Whether an answer to this person is the first answer and not yet counted. */
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

  /** Reads first, so that a flood of strangers does not cost a write for each person. */
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
                        // Another text to the same person was first.
                        .call(
                            first ->
                                first ? Uni.createFrom().voidItem() : ledger.lower(newcomers, 1))
                        .replaceWith((Verdict) granted)
                    : giveBack(granted.grant()).flatMap(done -> tooManyPeople()));
  }

  private Uni<Verdict> tooManyPeople() {
    return refuse(
        SpendReason.PEOPLE,
        "New people who get an answer on a day are at their limit of "
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
   * A caller's text with more segments than the limit would never be sent: such a text is allowed
   * as the first text to that person on a day.
   */
  private long roomForPerson(Wish wish) {
    int limit = limits.personSegmentsPerDay();
    boolean alone = wish.origin() == Origin.CALLER && limit > 0 && wish.segments() > limit;
    return alone ? 0 : highest(limit, wish.segments());
  }

  /** Returns the highest count that permits this many more. */
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

  /** Takes back the counts of a text that was not queued. */
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

  /**
   * Writes one log line and counts the refusal; an unreachable database must not change the
   * decision.
   */
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
