package chat.switchboard.outbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.nin;
import static com.mongodb.client.model.Filters.or;

import chat.switchboard.ops.DuplicateKey;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.ops.Mask;
import chat.switchboard.ops.SwitchboardConfig;
import chat.switchboard.outbound.DeliveryReport.News;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jboss.logging.Logger;

/** Keeps texts until they are sent, and what became of them. */
@ApplicationScoped
public class Outbox implements Outgoing {

  private static final Logger LOG = Logger.getLogger(Outbox.class);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** Longer than handing over takes: whoever looks then finds out whether its process died. */
  private static final Duration LOOK_AFTER_CLAIM = Duration.ofSeconds(30);

  /** Texts that a person may give another chance. */
  private static final List<String> ENDED_BADLY =
      names(OutboxState.DEAD, OutboxState.FAILED, OutboxState.UNDELIVERED, OutboxState.BLOCKED);

  private static final List<String> MAY_BE_DROPPED =
      names(
          OutboxState.QUEUED,
          OutboxState.DEAD,
          OutboxState.FAILED,
          OutboxState.UNDELIVERED,
          OutboxState.BLOCKED);

  private final SwitchboardConfig config;
  private final Carrier carrier;
  private final Senders senders;
  private final OptOuts optOuts;
  private final Secrets secrets;
  private final Clock clock;
  private final MeterRegistry meters;
  private final AtomicLong sequence = new AtomicLong();
  private volatile Consumer<String> whenQueued = sender -> {};

  Outbox(
      SwitchboardConfig config,
      Carrier carrier,
      Senders senders,
      OptOuts optOuts,
      Secrets secrets,
      Clock clock,
      MeterRegistry meters) {
    this.config = config;
    this.carrier = carrier;
    this.senders = senders;
    this.optOuts = optOuts;
    this.secrets = secrets;
    this.clock = clock;
    this.meters = meters;
  }

  /** Who is told at once that there is something to send from this number. */
  void whenQueued(Consumer<String> told) {
    whenQueued = told;
  }

  // ── Coming in ────────────────────────────────────────────────────────────────────────────────

  /** What became of an order. */
  public sealed interface Receipt {

    /**
     * It is kept.
     *
     * @param entries its parts
     * @param replayed whether it had been asked for before
     */
    record Kept(List<OutboxEntry> entries, boolean replayed) implements Receipt {}

    /** Something else was asked for under the same id. */
    record Conflict() implements Receipt {}
  }

  /** Why nothing can be sent from here, naming what is to be set; empty where all is there. */
  public Optional<String> unavailable(Optional<String> from) {
    return carrier
        .unavailable()
        .or(
            () ->
                sender(from, "").isEmpty()
                    ? Optional.of(
                        "SWITCHBOARD_TWILIO_FROM is not set, so that there is no number to send"
                            + " from")
                    : Optional.empty());
  }

  /**
   * What a text to this person goes from: what is asked for, or what is set for all, in the channel
   * of the person.
   */
  public Optional<String> sender(Optional<String> from, String to) {
    return senders.of(from, to);
  }

  @Override
  public Uni<Void> queue(OutgoingText text) {
    return queue(new SmsOrder(text, null, null, null, Optional.empty())).replaceWithVoid();
  }

  /** Keeps a text until it is sent; what was asked for before under its id is not kept twice. */
  public Uni<Receipt> queue(SmsOrder order) {
    OutgoingText text = order.text();
    Optional<String> sender = sender(text.from(), text.to());
    Optional<String> missing = unavailable(text.from());
    Uni<Boolean> blocked =
        sender.isPresent() ? optOuts.has(text.to(), sender.get()) : Uni.createFrom().item(false);
    return blocked.flatMap(
        optedOut -> {
          OutboxState state =
              missing.isPresent()
                  ? OutboxState.FAILED
                  : optedOut ? OutboxState.BLOCKED : OutboxState.QUEUED;
          String cause = missing.orElse(optedOut ? OPTED_OUT : null);
          List<OutboxEntry> entries = entries(order, sender.orElse(null), state, cause);
          return insert(entries)
              .flatMap(
                  isNew -> {
                    if (!isNew) {
                      return replay(order);
                    }
                    FaultPoint.reached("queued");
                    count(state);
                    if (state == OutboxState.QUEUED) {
                      whenQueued.accept(sender.orElseThrow());
                    } else {
                      LOG.warnf(
                          "Text %s to %s is not sent: %s", text.id(), Mask.phone(text.to()), cause);
                    }
                    return Uni.createFrom().item(new Receipt.Kept(entries, false));
                  });
        });
  }

  static final String OPTED_OUT =
      "The person has opted out of texts from this number (STOP); only they can lift that (START)";

  /** What was asked for under this id before, if it was. */
  public Uni<Optional<Receipt>> find(String textId, String fingerprint) {
    return parts(textId)
        .map(
            entries ->
                entries.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                        fingerprint == null || fingerprint.equals(entries.get(0).fingerprint)
                            ? new Receipt.Kept(entries, true)
                            : new Receipt.Conflict()));
  }

  private Uni<Receipt> replay(SmsOrder order) {
    return find(order.text().id(), order.fingerprint())
        .map(found -> found.orElseGet(() -> new Receipt.Kept(List.of(), true)));
  }

  /** One command, so that it is all of the parts or none, whenever this process dies. */
  private static Uni<Boolean> insert(List<OutboxEntry> entries) {
    return entries()
        .insertMany(entries, new InsertManyOptions().ordered(false))
        .replaceWith(true)
        .onFailure(DuplicateKey::is)
        .recoverWithItem(false);
  }

  private List<OutboxEntry> entries(
      SmsOrder order, String sender, OutboxState state, String cause) {
    OutgoingText text = order.text();
    String marked = PlainText.of(text.text());
    String plain = marked.isBlank() ? text.text() : marked;
    List<String> bodies =
        Parts.of(order.postscript().map(behind -> plain + "\n\n" + behind).orElse(plain));
    Date now = now();
    List<OutboxEntry> entries = new ArrayList<>();
    for (int i = 0; i < bodies.size(); i++) {
      Segments segments = Segments.of(bodies.get(i));
      OutboxEntry entry = new OutboxEntry();
      entry.id = i == 0 ? text.id() : text.id() + "." + (i + 1);
      entry.textId = text.id();
      entry.fingerprint = order.fingerprint();
      entry.part = i + 1;
      entry.parts = bodies.size();
      entry.sender = sender;
      entry.lane = state.isOpen() ? sender : null;
      entry.phoneNumber = text.to();
      entry.conversationId = text.conversationId();
      entry.sealed = order.postscript().isPresent();
      entry.body = entry.sealed ? secrets.seal(bodies.get(i)) : bodies.get(i);
      entry.segments = segments.count();
      entry.encoding = segments.encoding();
      entry.mappingId = order.mappingId();
      entry.code = order.code() == null ? null : secrets.seal(order.code());
      entry.state = state;
      entry.cause = cause;
      entry.attempts = 0;
      entry.nextAttemptAt = state.isOpen() ? now : null;
      entry.arrival = new BsonTimestamp(0, 0);
      entry.queuedAt = now;
      entry.sequence = sequence.incrementAndGet();
      entry.history = List.of(change(state, now, cause));
      entry.forgetAt = state.isForgotten() ? forgetAt() : null;
      entries.add(entry);
    }
    return entries;
  }

  /** What the phone shows; empty if it was sealed under another secret. */
  public Optional<String> body(OutboxEntry entry) {
    return Boolean.TRUE.equals(entry.sealed)
        ? secrets.open(entry.body)
        : Optional.ofNullable(entry.body);
  }

  /** The code of the mapping that was made for it. */
  public Optional<String> code(OutboxEntry entry) {
    return Optional.ofNullable(entry.code).flatMap(secrets::open);
  }

  // ── Looking at it ────────────────────────────────────────────────────────────────────────────

  /** One text, or one part. */
  public Uni<Optional<OutboxEntry>> find(String id) {
    return OutboxEntry.<OutboxEntry>findById(id).map(Optional::ofNullable);
  }

  private static Uni<List<OutboxEntry>> parts(String textId) {
    return OutboxEntry.<OutboxEntry>findById(textId)
        .flatMap(
            first -> {
              if (first == null) {
                return Uni.createFrom().item(List.of());
              }
              List<String> ids = new ArrayList<>();
              for (int i = 2; i <= first.parts; i++) {
                ids.add(textId + "." + i);
              }
              return ids.isEmpty()
                  ? Uni.createFrom().item(List.of(first))
                  : OutboxEntry.<OutboxEntry>find(in("_id", ids), Sorts.ascending("part"))
                      .list()
                      .map(
                          rest -> {
                            List<OutboxEntry> all = new ArrayList<>(List.of(first));
                            all.addAll(rest);
                            return all;
                          });
            });
  }

  /** Texts in this state, of this conversation, or both; the newest first. */
  public Uni<List<OutboxEntry>> list(
      Optional<OutboxState> state, Optional<String> conversationId, int offset, int limit) {
    return OutboxEntry.<OutboxEntry>find(
            query(state, conversationId), Sorts.descending("queuedAt", "sequence"))
        .range(offset, offset + limit - 1)
        .list();
  }

  /** How many there are. */
  public Uni<Long> count(Optional<OutboxState> state, Optional<String> conversationId) {
    return OutboxEntry.count(query(state, conversationId));
  }

  private static Bson query(Optional<OutboxState> state, Optional<String> conversationId) {
    Document query = new Document();
    state.ifPresent(one -> query.append("state", one.name()));
    conversationId.ifPresent(id -> query.append("conversationId", id));
    return query;
  }

  /** When the oldest text that waits came. */
  Uni<Optional<Date>> oldest() {
    return OutboxEntry.<OutboxEntry>find(
            eq("state", OutboxState.QUEUED.name()), Sorts.ascending("queuedAt"))
        .firstResult()
        .map(entry -> Optional.ofNullable(entry).map(one -> one.queuedAt));
  }

  /** Gives a text that came to a bad end another chance. */
  public Uni<Optional<OutboxEntry>> requeue(String id) {
    return find(id)
        .flatMap(
            found ->
                found
                    .filter(entry -> ENDED_BADLY.contains(entry.state.name()))
                    .map(this::requeue)
                    .orElseGet(() -> Uni.createFrom().item(Optional.empty())));
  }

  private Uni<Optional<OutboxEntry>> requeue(OutboxEntry entry) {
    Optional<String> sender =
        sender(Optional.ofNullable(entry.sender), entry.phoneNumber)
            .filter(from -> carrier.unavailable().isEmpty());
    if (sender.isEmpty()) {
      return Uni.createFrom().item(Optional.empty());
    }
    List<Bson> more = new ArrayList<>();
    more.add(Updates.set("attempts", 0));
    more.add(Updates.set("sender", sender.get()));
    more.add(Updates.unset("errorCode"));
    if (entry.sid != null) {
      more.add(Updates.unset("sid"));
      more.add(Updates.push("pastSids", entry.sid));
    }
    return change(
            and(eq("_id", entry.id), eq("state", entry.state.name()), eq("sid", entry.sid)),
            OutboxState.QUEUED,
            "Requeued by hand",
            Optional.of(now()),
            sender.get(),
            more)
        .invoke(requeued -> requeued.ifPresent(one -> whenQueued.accept(one.sender)));
  }

  /** Drops a text that waits or came to a bad end. */
  public Uni<Boolean> drop(String id) {
    return OutboxEntry.delete(and(eq("_id", id), in("state", MAY_BE_DROPPED)))
        .map(dropped -> dropped > 0);
  }

  /** Removes every text to this person. */
  public Uni<Long> forgetPerson(String phoneNumber) {
    return OutboxEntry.delete(eq("phoneNumber", phoneNumber));
  }

  // ── Going out ────────────────────────────────────────────────────────────────────────────────

  /** The open texts from this number, in order, less those to people who are known to wait. */
  Uni<List<OutboxEntry>> open(String sender, Collection<String> notTo, int limit) {
    Bson lane = eq("lane", sender);
    return OutboxEntry.<OutboxEntry>find(
            notTo.isEmpty() ? lane : and(lane, nin("phoneNumber", notTo)),
            Sorts.ascending("arrival", "queuedAt", "sequence"))
        .page(0, limit)
        .list();
  }

  /** Numbers from which something is due, less those that are being looked after here. */
  Uni<List<String>> dueSenders(Collection<String> notFrom, int limit) {
    return OutboxEntry.<OutboxEntry>find(
            and(lte("nextAttemptAt", now()), ne("lane", null), nin("lane", notFrom)),
            Sorts.ascending("nextAttemptAt"))
        .page(0, limit)
        .list()
        .map(entries -> entries.stream().map(entry -> entry.sender).distinct().toList());
  }

  /** Texts of which nothing was heard in time. */
  Uni<List<OutboxEntry>> unsettled(int limit) {
    return OutboxEntry.<OutboxEntry>find(
            and(eq("state", OutboxState.AMBIGUOUS.name()), lte("nextAttemptAt", now())))
        .page(0, limit)
        .list();
  }

  /** Takes a text to hand it over; whoever gets it is the only one who may. */
  Uni<Optional<OutboxEntry>> claim(OutboxEntry entry) {
    return change(
        and(eq("_id", entry.id), eq("state", OutboxState.QUEUED.name())),
        OutboxState.SENDING,
        null,
        Optional.of(Date.from(clock.instant().plus(LOOK_AFTER_CLAIM))),
        entry.lane,
        List.of(Updates.set("claim", UUID.randomUUID().toString()), Updates.inc("attempts", 1)));
  }

  /** It was being handed over by a process that is no more, or that lost the right to. */
  Uni<Void> abandoned(OutboxEntry entry) {
    return ambiguous(
        entry, "The service stopped while it was being sent: it is not known whether it went");
  }

  /** Notes what came of handing it over. */
  Uni<Void> record(OutboxEntry claimed, Carrier.Outcome outcome) {
    if (outcome instanceof Carrier.Outcome.Sent sent) {
      return change(
              and(ours(claimed), in("state", OutboxState.SENT.below())),
              OutboxState.SENT,
              null,
              Optional.empty(),
              null,
              List.of(Updates.set("sid", sent.sid())))
          .replaceWithVoid();
    }
    if (outcome instanceof Carrier.Outcome.Refused refused) {
      return end(claimed, OutboxState.FAILED, refused.code(), refused.cause());
    }
    if (outcome instanceof Carrier.Outcome.OptedOut out) {
      return optOuts
          .add(
              claimed.phoneNumber,
              List.of(claimed.sender),
              String.valueOf(out.code()),
              Optional.empty())
          .flatMap(done -> end(claimed, OutboxState.BLOCKED, out.code(), out.cause()));
    }
    if (outcome instanceof Carrier.Outcome.TryLater later) {
      return later(claimed, later.after(), later.cause());
    }
    if (outcome instanceof Carrier.Outcome.NotSent notSent) {
      return later(claimed, Optional.empty(), notSent.cause());
    }
    return ambiguous(claimed, ((Carrier.Outcome.Ambiguous) outcome).cause());
  }

  private Uni<Void> later(OutboxEntry claimed, Optional<Duration> after, String cause) {
    if (claimed.attempts >= config.outbox().maxAttempts()) {
      return dead(claimed, "It was not taken " + claimed.attempts + " times: " + cause);
    }
    return change(
            inHand(claimed),
            OutboxState.QUEUED,
            cause,
            Optional.of(nextAttempt(claimed.attempts, after)),
            claimed.sender,
            List.of())
        .replaceWithVoid();
  }

  private Uni<Void> ambiguous(OutboxEntry claimed, String cause) {
    return change(
            and(ours(claimed), eq("state", OutboxState.SENDING.name())),
            OutboxState.AMBIGUOUS,
            cause,
            Optional.of(Date.from(clock.instant().plus(config.outbox().waitForCallback()))),
            null,
            List.of())
        .invoke(
            changed ->
                changed.ifPresent(
                    one -> LOG.warnf("Text %s waits for a status callback: %s", one.id, cause)))
        .replaceWithVoid();
  }

  private Uni<Void> end(OutboxEntry claimed, OutboxState state, int code, String cause) {
    return change(
            inHand(claimed),
            state,
            cause,
            Optional.empty(),
            null,
            List.of(Updates.set("errorCode", code)))
        .replaceWithVoid();
  }

  /** It must not be sent: the person has opted out since it was queued. */
  Uni<Void> block(OutboxEntry entry) {
    return change(
            and(eq("_id", entry.id), eq("state", OutboxState.QUEUED.name())),
            OutboxState.BLOCKED,
            OPTED_OUT,
            Optional.empty(),
            null,
            List.of())
        .replaceWithVoid();
  }

  /** Puts it aside for a person to decide. */
  Uni<Void> dead(OutboxEntry entry, String cause) {
    return change(
            and(eq("_id", entry.id), eq("state", entry.state.name()), eq("claim", entry.claim)),
            OutboxState.DEAD,
            cause,
            Optional.empty(),
            null,
            List.of())
        .invoke(
            changed ->
                changed.ifPresent(one -> LOG.errorf("Text %s is a dead letter: %s", one.id, cause)))
        .replaceWithVoid();
  }

  private static Bson ours(OutboxEntry claimed) {
    return and(eq("_id", claimed.id), eq("claim", claimed.claim));
  }

  private static Bson inHand(OutboxEntry claimed) {
    return and(ours(claimed), in("state", names(OutboxState.SENDING, OutboxState.AMBIGUOUS)));
  }

  // ── What is heard of it ──────────────────────────────────────────────────────────────────────

  /** What a report led to. */
  public enum Heard {
    CHANGED,
    NOTHING_NEW,
    UNKNOWN
  }

  /** Notes what is reported of a text; more than once, and in whatever order. */
  public Uni<Heard> report(DeliveryReport report) {
    Bson which = report.id().<Bson>map(id -> eq("_id", id)).orElse(eq("sid", report.sid()));
    return OutboxEntry.<OutboxEntry>find(which)
        .firstResult()
        .flatMap(
            entry ->
                entry == null
                    ? Uni.createFrom().item(Heard.UNKNOWN)
                    : apply(entry, report)
                        .map(changed -> changed.isPresent() ? Heard.CHANGED : Heard.NOTHING_NEW));
  }

  private Uni<Optional<OutboxEntry>> apply(OutboxEntry entry, DeliveryReport report) {
    News news = report.news();
    if (news instanceof News.OnItsWay) {
      return heard(entry, report, OutboxState.SENT, null, null);
    }
    if (news instanceof News.Delivered) {
      return heard(entry, report, OutboxState.DELIVERED, null, null);
    }
    if (news instanceof News.Failed failed) {
      return heard(
          entry,
          report,
          failed.onTheWay() ? OutboxState.UNDELIVERED : OutboxState.FAILED,
          failed.code(),
          failed.cause());
    }
    if (news instanceof News.OptedOut out) {
      return optOuts
          .add(
              entry.phoneNumber,
              List.of(entry.sender),
              String.valueOf(out.code()),
              Optional.of(report.sid()))
          .flatMap(done -> heard(entry, report, OutboxState.BLOCKED, out.code(), out.cause()));
    }
    News.MayGoLater later = (News.MayGoLater) news;
    return again(entry, report, later)
        .flatMap(
            again ->
                again.isPresent()
                    ? Uni.createFrom().item(again)
                    : heard(entry, report, OutboxState.UNDELIVERED, later.code(), later.cause()));
  }

  /** Only upwards in rank, and only of the try that counts; both in one atomic step. */
  private Uni<Optional<OutboxEntry>> heard(
      OutboxEntry entry, DeliveryReport report, OutboxState state, Integer code, String cause) {
    List<Bson> more = new ArrayList<>();
    more.add(Updates.set("sid", report.sid()));
    more.add(code == null ? Updates.unset("errorCode") : Updates.set("errorCode", code));
    return change(
        and(thisTry(entry, report), in("state", state.below())),
        state,
        cause,
        Optional.empty(),
        null,
        more);
  }

  /** It did not arrive, and for a reason that passes. */
  private Uni<Optional<OutboxEntry>> again(
      OutboxEntry entry, DeliveryReport report, News.MayGoLater later) {
    return change(
            and(
                thisTry(entry, report),
                in("state", names(OutboxState.SENDING, OutboxState.AMBIGUOUS, OutboxState.SENT)),
                lt("attempts", config.outbox().maxAttempts())),
            OutboxState.QUEUED,
            later.cause(),
            Optional.of(nextAttempt(entry.attempts, Optional.empty())),
            entry.sender,
            List.of(
                Updates.set("errorCode", later.code()),
                Updates.unset("sid"),
                Updates.unset("claim"),
                Updates.push("pastSids", report.sid())))
        .invoke(again -> again.ifPresent(one -> whenQueued.accept(one.sender)));
  }

  private static Bson thisTry(OutboxEntry entry, DeliveryReport report) {
    return and(
        eq("_id", entry.id),
        or(eq("sid", null), eq("sid", report.sid())),
        ne("pastSids", report.sid()));
  }

  // ── Changes ──────────────────────────────────────────────────────────────────────────────────

  private Uni<Optional<OutboxEntry>> change(
      Bson which,
      OutboxState state,
      String cause,
      Optional<Date> nextAttemptAt,
      String lane,
      List<Bson> more) {
    List<Bson> changes = new ArrayList<>(more);
    changes.add(Updates.set("state", state.name()));
    changes.add(cause == null ? Updates.unset("cause") : Updates.set("cause", cause));
    changes.add(Updates.push("history", change(state, now(), cause)));
    changes.add(
        nextAttemptAt
            .map(at -> Updates.set("nextAttemptAt", at))
            .orElse(Updates.unset("nextAttemptAt")));
    changes.add(state.isOpen() ? Updates.set("lane", lane) : Updates.unset("lane"));
    changes.add(
        state.isForgotten() ? Updates.set("forgetAt", forgetAt()) : Updates.unset("forgetAt"));
    return entries()
        .findOneAndUpdate(
            which,
            Updates.combine(changes),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .map(Optional::ofNullable)
        .invoke(
            changed ->
                changed.ifPresent(
                    entry -> {
                      count(state);
                      LOG.debugf("Text %s is %s.", entry.id, state);
                    }));
  }

  private static Document change(OutboxState state, Date at, String cause) {
    Document change = new Document("state", state.name()).append("at", at);
    return cause == null ? change : change.append("cause", cause);
  }

  /** Exponential, with full jitter; and not before the carrier wants it. */
  private Date nextAttempt(int attempts, Optional<Duration> after) {
    long ceiling =
        Math.min(
            config.outbox().longestPause().toMillis(),
            FIRST_PAUSE.toMillis() << Math.min(attempts, 20));
    long pause = ThreadLocalRandom.current().nextLong(Math.max(1, ceiling));
    return new Date(clock.millis() + after.map(Duration::toMillis).orElse(0L) + pause);
  }

  private void count(OutboxState state) {
    meters.counter("switchboard.sms", "state", state.name().toLowerCase(Locale.ROOT)).increment();
  }

  private Date now() {
    return new Date(clock.millis());
  }

  private Date forgetAt() {
    return Date.from(clock.instant().plus(config.outbox().retention()));
  }

  private static List<String> names(OutboxState... states) {
    return java.util.Arrays.stream(states).map(OutboxState::name).toList();
  }

  private static ReactiveMongoCollection<OutboxEntry> entries() {
    return OutboxEntry.mongoCollection();
  }
}
