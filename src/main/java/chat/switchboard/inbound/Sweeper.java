package chat.switchboard.inbound;

import chat.switchboard.inbound.InboxEntry.State;
import chat.switchboard.librechat.LibreChatRelease;
import chat.switchboard.mongo.SeldomWhileIdle;
import chat.switchboard.mongo.WhileIdle;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Periodic;
import com.mongodb.MongoException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Retries messages that were not appended in time because their replica died or lost its
 * connection.
 */
@Singleton
class Sweeper {

  private static final Logger LOG = Logger.getLogger(Sweeper.class);
  private static final Periodic PERIODIC = new Periodic(LOG, "Scanning the inbox");
  private static final int AT_ONCE = 256;
  private static final int SIDE_BY_SIDE = 32;

  private final Inbox inbox;
  private final KeyedMessages messages;
  private final LibreChatRelease release;
  private final InboxConfig config;
  private final AtomicLong dead = new AtomicLong();
  private final AtomicLong waiting = new AtomicLong();

  /**
   * The arrival time of the oldest waiting message, in epoch milliseconds; 0 if no message waits.
   */
  private final AtomicLong oldest = new AtomicLong();

  Sweeper(
      Inbox inbox,
      KeyedMessages messages,
      LibreChatRelease release,
      InboxConfig config,
      Clock clock,
      MeterRegistry meters) {
    this.inbox = inbox;
    this.messages = messages;
    this.release = release;
    this.config = config;
    Gauge.builder("switchboard.inbox.dead.letters", dead, AtomicLong::get).register(meters);
    Gauge.builder("switchboard.inbox.waiting", waiting, AtomicLong::get).register(meters);
    Gauge.builder("switchboard.inbox.oldest.seconds", oldest, since -> seconds(since, clock))
        .register(meters);
  }

  @Scheduled(
      every = "1s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = WhileIdle.class)
  Uni<Void> sweep() {
    // Each try counts as an attempt: the sweep tries nothing while LibreChat's fields are
    // encrypted.
    return release.isEncrypted() ? Uni.createFrom().voidItem() : takeDue();
  }

  private Uni<Void> takeDue() {
    return PERIODIC.run(
        inbox
            .due(AT_ONCE)
            .onItem()
            .transformToMulti(entries -> Multi.createFrom().iterable(entries))
            .onItem()
            .transformToUni(this::take)
            .merge(SIDE_BY_SIDE)
            .collect()
            .asList());
  }

  @Scheduled(
      every = "10s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = SeldomWhileIdle.class)
  Uni<Void> count() {
    return PERIODIC.run(
        inbox
            .count(State.DEAD)
            .invoke(dead::set)
            .flatMap(counted -> inbox.count(State.RECEIVED))
            .invoke(waiting::set)
            .flatMap(counted -> inbox.list(State.RECEIVED, 0, 1))
            .invoke(first -> oldest.set(first.isEmpty() ? 0 : first.get(0).receivedAt.getTime())));
  }

  private static double seconds(AtomicLong since, Clock clock) {
    return since.get() == 0 ? 0 : Math.max(0, clock.millis() - since.get()) / 1_000.0;
  }

  private Uni<Void> take(InboxEntry entry) {
    return inbox
        .claim(entry)
        .flatMap(
            claimed ->
                claimed.isEmpty()
                    ? Uni.createFrom().voidItem()
                    : messages
                        .retry(claimed.get())
                        .ifNoItem()
                        .after(config.acceptTimeout())
                        .recoverWithItem((Void) null)
                        .onFailure()
                        .recoverWithUni(failure -> failed(claimed.get(), failure)))
        // The entry stays due, and the other entries of this sweep go on.
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.warnf(
                  "Claiming or updating message %s of the inbox failed: %s",
                  entry.id, Cause.of(failure));
              return Uni.createFrom().voidItem();
            });
  }

  private Uni<Void> failed(InboxEntry entry, Throwable failure) {
    boolean databaseAway = failure instanceof MongoException || failure instanceof TimeoutException;
    LOG.warnf(
        "Attempt %d to store message %s failed: %s", entry.attempts, entry.id, Cause.of(failure));
    if (!databaseAway && entry.attempts >= config.maxAttempts()) {
      return inbox
          .bury(
              entry, "All attempts to store the message failed. Last failure: " + Cause.of(failure))
          .replaceWithVoid();
    }
    return inbox.failed(entry, Cause.of(failure)).onFailure().recoverWithNull();
  }
}
