package chat.switchboard.outbound;

import chat.switchboard.mongo.Backoff;
import chat.switchboard.mongo.Store;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import io.micrometer.core.instrument.MeterRegistry;
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
import java.util.random.RandomGenerator;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jboss.logging.Logger;

/**
 * Moves a text from one state to the next, in one atomic update that also appends to the history.
 */
@Store
@ApplicationScoped
class Transitions {

  private static final Logger LOG = Logger.getLogger(Transitions.class);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final OutboxConfig config;
  private final Backoff backoff;
  private final Clock clock;
  private final MeterRegistry meters;
  private final TextNews news;

  Transitions(
      OutboxConfig config,
      Clock clock,
      RandomGenerator random,
      MeterRegistry meters,
      TextNews news) {
    this.config = config;
    this.backoff = new Backoff(FIRST_PAUSE, config.maxBackoff(), random);
    this.clock = clock;
    this.meters = meters;
    this.news = news;
  }

  /** The first state of a text. */
  void begin(OutboxEntry entry, OutboxState state, String cause) {
    Date now = now();
    entry.lane = state.isOpen() ? entry.sender : null;
    entry.state = state;
    entry.cause = cause;
    entry.attempts = 0;
    entry.nextAttemptAt = state.isOpen() ? now : null;
    entry.queuedAt = now;
    entry.history = List.of(trace(state, now, cause));
    entry.forgetAt = state.isForgotten() ? forgetAt() : null;
    entry.untold = news.isNews(state) ? true : null;
  }

  /**
   * The next state of a text.
   *
   * @param which the text and the condition of the step
   * @param cause the reason in one sentence; null if the state is self-explanatory
   * @param nextAttemptAt the time of the next step
   * @param lane the text's sender if the text stays open; other texts leave their lane
   * @param more further changes of the same update
   * @return the changed text; empty if the condition did not hold
   */
  Uni<Optional<OutboxEntry>> take(
      OutboxCondition which,
      OutboxState state,
      String cause,
      Optional<Date> nextAttemptAt,
      String lane,
      List<OutboxChange> more) {
    return OutboxEntry.<OutboxEntry>mongoCollection()
        .findOneAndUpdate(
            which.filter(),
            update(state, cause, nextAttemptAt, lane, more),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .map(Optional::ofNullable)
        .invoke(
            changed ->
                changed.ifPresent(
                    entry -> {
                      count(state);
                      LOG.debugf("Text %s is %s.", entry.id, state);
                      news.tell(entry);
                    }));
  }

  private Bson update(
      OutboxState state,
      String cause,
      Optional<Date> nextAttemptAt,
      String lane,
      List<OutboxChange> more) {
    List<Bson> changes = new ArrayList<>();
    more.forEach(change -> changes.add(change.update()));
    changes.add(Updates.set("state", state.name()));
    changes.add(cause == null ? Updates.unset("cause") : Updates.set("cause", cause));
    changes.add(Updates.push("history", trace(state, now(), cause)));
    changes.add(
        nextAttemptAt
            .map(at -> Updates.set("nextAttemptAt", at))
            .orElse(Updates.unset("nextAttemptAt")));
    changes.add(state.isOpen() ? Updates.set("lane", lane) : Updates.unset("lane"));
    changes.add(
        state.isForgotten() ? Updates.set("forgetAt", forgetAt()) : Updates.unset("forgetAt"));
    changes.add(news.isNews(state) ? Updates.set("untold", true) : Updates.unset("untold"));
    return Updates.combine(changes);
  }

  /**
   * Holds all parts of a text, in one command.
   *
   * @param from the states in which a part is held
   */
  Uni<Void> hold(Collection<String> ids, Collection<OutboxState> from, TextHolding.Hold hold) {
    return takeAll(
        OutboxCondition.allIn(ids, from),
        OutboxState.HELD,
        update(
            OutboxState.HELD,
            hold.cause(),
            Optional.of(hold.until()),
            null,
            List.of(OutboxChange.sendAt(hold.until()), OutboxChange.noFilesDue())));
  }

  /**
   * Holds all parts of a text until the person writes, in one command.
   *
   * @param from the states in which a part is held
   */
  Uni<Void> awaitWindow(
      Collection<String> ids, Collection<OutboxState> from, WindowPolicy.Decision.Wait wait) {
    return takeAll(
        OutboxCondition.allIn(ids, from),
        OutboxState.HELD,
        update(
            OutboxState.HELD,
            wait.cause(),
            Optional.of(wait.until()),
            null,
            List.of(OutboxChange.awaitWindow(wait.until()), OutboxChange.noFilesDue())));
  }

  /** Cancels the parts of a text that wait, in one command. */
  Uni<Void> cancel(Collection<String> ids, Collection<OutboxState> from, String cause) {
    return takeAll(
        OutboxCondition.allIn(ids, from),
        OutboxState.CANCELLED,
        update(
            OutboxState.CANCELLED,
            cause,
            Optional.empty(),
            null,
            List.of(OutboxChange.noFilesDue())));
  }

  private Uni<Void> takeAll(OutboxCondition which, OutboxState state, Bson update) {
    return OutboxEntry.<OutboxEntry>mongoCollection()
        .updateMany(which.filter(), update)
        .invoke(
            done -> {
              for (long i = 0; i < done.getModifiedCount(); i++) {
                count(state);
              }
            })
        .replaceWithVoid();
  }

  /** The same for a state without a next step. */
  Uni<Optional<OutboxEntry>> end(
      OutboxCondition which, OutboxState state, String cause, OutboxChange... more) {
    return take(which, state, cause, Optional.empty(), null, List.of(more));
  }

  /** Notes that a delivered text was read; whether its end is told stays as it is. */
  Uni<Optional<OutboxEntry>> read(OutboxCondition which) {
    return OutboxEntry.<OutboxEntry>mongoCollection()
        .findOneAndUpdate(
            which.filter(),
            Updates.combine(
                Updates.set("state", OutboxState.READ.name()),
                Updates.push("history", trace(OutboxState.READ, now(), null)),
                Updates.set("forgetAt", forgetAt())),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .map(Optional::ofNullable)
        .invoke(changed -> changed.ifPresent(entry -> count(OutboxState.READ)));
  }

  void count(OutboxState state) {
    meters.counter("switchboard.sms", "state", state.name().toLowerCase(Locale.ROOT)).increment();
  }

  /** Exponential back-off with full jitter, and not before the carrier's Retry-After. */
  Date nextAttempt(int attempts, Optional<Duration> after) {
    return in(after.orElse(Duration.ZERO).plus(backoff.delay(attempts)));
  }

  Date now() {
    return in(Duration.ZERO);
  }

  Date in(Duration pause) {
    return new Date(clock.millis() + pause.toMillis());
  }

  private Date forgetAt() {
    return in(config.retention());
  }

  private static Document trace(OutboxState state, Date at, String cause) {
    Document trace = new Document("state", state.name()).append("at", at);
    return cause == null ? trace : trace.append("cause", cause);
  }
}
