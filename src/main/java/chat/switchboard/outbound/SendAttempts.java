package chat.switchboard.outbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.nin;

import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.outbound.DeliveryReport.News;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.FindOptions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.bson.conversions.Bson;
import org.jboss.logging.Logger;

/** Finds the texts that are to be handed over, and notes what came of it. */
@ApplicationScoped
class SendAttempts {

  private static final Logger LOG = Logger.getLogger(SendAttempts.class);

  /** Longer than handing over takes: whoever looks then finds out whether its process died. */
  private static final Duration LOOK_AFTER_CLAIM = Duration.ofSeconds(30);

  private final OutboxConfig config;
  private final Transitions transitions;
  private final OptOuts optOuts;

  SendAttempts(OutboxConfig config, Transitions transitions, OptOuts optOuts) {
    this.config = config;
    this.transitions = transitions;
    this.optOuts = optOuts;
  }

  /** The open texts from this number, in order, less those to people who are known to wait. */
  Uni<List<OutboxEntry>> open(String sender, Collection<String> notTo, int limit) {
    Bson lane = eq("lane", sender);
    return OutboxEntry.<OutboxEntry>find(
            notTo.isEmpty() ? lane : and(lane, nin("phoneNumber", notTo)),
            Sorts.ascending("arrival", "queuedAt", "sequence"))
        .page(0, limit)
        .list();
  }

  /**
   * Returns the numbers that have a due text, without the numbers that this replica already
   * handles. One query for each number reads one text: a long backlog of one number is not read to
   * find the next number.
   *
   * @param limit the maximum number of numbers that are returned; numbers in {@code notFrom} do not
   *     count
   */
  Uni<List<String>> dueSenders(Collection<String> notFrom, int limit) {
    Date now = transitions.now();
    AtomicReference<String> last = new AtomicReference<>("");
    return Uni.createFrom()
        .deferred(() -> nextDue(last.get(), now))
        .repeat()
        .whilst(
            found -> {
              found.ifPresent(last::set);
              return found.isPresent();
            })
        .select()
        .where(found -> found.isPresent() && !notFrom.contains(found.get()))
        .select()
        .first(limit)
        .map(Optional::get)
        .collect()
        .asList();
  }

  private static Uni<Optional<String>> nextDue(String after, Date now) {
    return OutboxEntry.<OutboxEntry>mongoCollection()
        .find(
            and(gt("lane", after), lte("nextAttemptAt", now)),
            new FindOptions()
                .sort(Sorts.ascending("lane"))
                .limit(1)
                .projection(Projections.include("lane")))
        .collect()
        .first()
        .map(entry -> Optional.ofNullable(entry).map(one -> one.lane));
  }

  /** When the oldest text that waits came. */
  Uni<Optional<Date>> oldest() {
    return OutboxEntry.<OutboxEntry>find(
            eq("state", OutboxState.QUEUED.name()), Sorts.ascending("queuedAt"))
        .firstResult()
        .map(entry -> Optional.ofNullable(entry).map(one -> one.queuedAt));
  }

  /** Texts of which nothing was heard in time. */
  Uni<List<OutboxEntry>> unsettled(int limit) {
    return OutboxEntry.<OutboxEntry>find(
            and(eq("state", OutboxState.AMBIGUOUS.name()), lte("nextAttemptAt", transitions.now())))
        .page(0, limit)
        .list();
  }

  /** Takes a text to hand it over; whoever gets it is the only one who may. */
  Uni<Optional<OutboxEntry>> claim(OutboxEntry entry) {
    return transitions.take(
        and(eq("_id", entry.id), eq("state", OutboxState.QUEUED.name())),
        OutboxState.SENDING,
        null,
        Optional.of(transitions.in(LOOK_AFTER_CLAIM)),
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
      return sent(claimed, sent);
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

  private Uni<Void> sent(OutboxEntry claimed, Carrier.Outcome.Sent sent) {
    if (claimed.pastSids != null && claimed.pastSids.contains(sent.sid())) {
      return ambiguous(
          claimed,
          "Twilio answered with the SID of an earlier try of this text: it is not known whether this"
              + " one was taken");
    }
    return report(claimed, sent)
        .onFailure(DuplicateKey::is)
        .recoverWithUni(
            () ->
                ambiguous(
                    claimed,
                    "Twilio answered with the SID of another text: it is not known whether this one"
                        + " was taken"));
  }

  /**
   * Stores what the answer itself says: Twilio may give a text up with the answer that names it.
   */
  private Uni<Void> report(OutboxEntry claimed, Carrier.Outcome.Sent sent) {
    if (sent.news() instanceof News.OptedOut out) {
      return optOuts
          .add(
              claimed.phoneNumber,
              List.of(claimed.sender),
              String.valueOf(out.code()),
              Optional.of(sent.sid()))
          .flatMap(done -> store(claimed, sent.sid(), NewsState.of(sent.news())));
    }
    return store(claimed, sent.sid(), NewsState.of(sent.news()));
  }

  private Uni<Void> store(OutboxEntry claimed, String sid, NewsState news) {
    return transitions
        .end(
            and(ours(claimed), in("state", news.state().below())),
            news.state(),
            news.cause(),
            Updates.set("sid", sid),
            news.codeUpdate())
        .replaceWithVoid();
  }

  private Uni<Void> later(OutboxEntry claimed, Optional<Duration> after, String cause) {
    if (claimed.attempts >= config.maxAttempts()) {
      return dead(claimed, "It was not taken " + claimed.attempts + " times: " + cause);
    }
    return transitions
        .take(
            inHand(claimed),
            OutboxState.QUEUED,
            cause,
            Optional.of(transitions.nextAttempt(claimed.attempts, after)),
            claimed.sender,
            List.of())
        .replaceWithVoid();
  }

  private Uni<Void> ambiguous(OutboxEntry claimed, String cause) {
    return transitions
        .take(
            and(ours(claimed), eq("state", OutboxState.SENDING.name())),
            OutboxState.AMBIGUOUS,
            cause,
            Optional.of(transitions.in(config.callbackTimeout())),
            null,
            List.of())
        .invoke(
            changed ->
                changed.ifPresent(
                    one -> LOG.warnf("Text %s waits for a status callback: %s", one.id, cause)))
        .replaceWithVoid();
  }

  private Uni<Void> end(OutboxEntry claimed, OutboxState state, int code, String cause) {
    return transitions
        .end(inHand(claimed), state, cause, Updates.set("errorCode", code))
        .replaceWithVoid();
  }

  /** It must not be sent: the person has opted out since it was queued. */
  Uni<Void> block(OutboxEntry entry) {
    return transitions
        .end(
            and(eq("_id", entry.id), eq("state", OutboxState.QUEUED.name())),
            OutboxState.BLOCKED,
            OptOuts.CAUSE)
        .replaceWithVoid();
  }

  /** Puts it aside for a person to decide. */
  Uni<Void> dead(OutboxEntry entry, String cause) {
    return transitions
        .end(
            and(eq("_id", entry.id), eq("state", entry.state.name()), eq("claim", entry.claim)),
            OutboxState.DEAD,
            cause)
        .invoke(
            changed ->
                changed.ifPresent(one -> LOG.errorf("Text %s is a dead letter: %s", one.id, cause)))
        .replaceWithVoid();
  }

  private static Bson ours(OutboxEntry claimed) {
    return and(eq("_id", claimed.id), eq("claim", claimed.claim));
  }

  private static Bson inHand(OutboxEntry claimed) {
    return and(
        ours(claimed), in("state", OutboxState.names(OutboxState.SENDING, OutboxState.AMBIGUOUS)));
  }
}
