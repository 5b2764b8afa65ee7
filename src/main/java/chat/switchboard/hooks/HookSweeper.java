package chat.switchboard.hooks;

import chat.switchboard.mongo.LeaseConfig;
import chat.switchboard.mongo.WhileIdle;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Periodic;
import com.mongodb.MongoException;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;

/** Processes the deliveries that were kept and not finished, because their replica died. */
@ApplicationScoped
class HookSweeper {

  private static final Logger LOG = Logger.getLogger(HookSweeper.class);
  private static final Periodic PERIODIC = new Periodic(LOG, "Scanning the deliveries of hooks");
  private static final int AT_ONCE = 32;
  private static final int SIDE_BY_SIDE = 4;
  private static final int MOST_ATTEMPTS = 20;

  private final DeliveryStore store;
  private final HookDirectory hooks;
  private final HookProcessor processor;
  private final LeaseConfig leaseConfig;
  private final Clock clock;

  HookSweeper(
      DeliveryStore store,
      HookDirectory hooks,
      HookProcessor processor,
      LeaseConfig leaseConfig,
      Clock clock) {
    this.store = store;
    this.hooks = hooks;
    this.processor = processor;
    this.leaseConfig = leaseConfig;
    this.clock = clock;
  }

  @Scheduled(
      every = "1s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = WhileIdle.class)
  Uni<Void> sweep() {
    return PERIODIC.run(
        store
            .due(clock.instant(), AT_ONCE)
            .onItem()
            .transformToMulti(due -> Multi.createFrom().iterable(due))
            .onItem()
            .transformToUni(this::take)
            .merge(SIDE_BY_SIDE)
            .collect()
            .asList());
  }

  private Uni<Void> take(DeliveryEntity due) {
    return store
        .claim(due, next(due.attempts == null ? 0 : due.attempts))
        .flatMap(claimed -> claimed.map(this::process).orElseGet(() -> Uni.createFrom().voidItem()))
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.warnf(
                  "Processing the delivery %s failed and is tried again: %s",
                  due.id, Cause.of(failure));
              return Uni.createFrom().voidItem();
            });
  }

  private Uni<Void> process(DeliveryEntity delivery) {
    return hooks
        .find(delivery.hook)
        .flatMap(
            found ->
                found
                    .map(active -> processor.process(active.hook(), delivery))
                    .orElseGet(() -> processor.fail(delivery, "The hook was removed.")))
        .replaceWithVoid()
        .onFailure(failure -> isLast(delivery, failure))
        .recoverWithUni(
            failure ->
                processor
                    .fail(delivery, "All attempts failed. Last failure: " + Cause.of(failure))
                    .replaceWithVoid());
  }

  private static boolean isLast(DeliveryEntity delivery, Throwable failure) {
    return delivery.attempts >= MOST_ATTEMPTS
        && !(failure instanceof MongoException)
        && !(failure instanceof TimeoutException)
        && !(failure instanceof HookWorkers.Busy);
  }

  private Instant next(int attempts) {
    Duration pause = Duration.ofSeconds(1L << Math.min(8, attempts));
    Duration lease = leaseConfig.lease();
    return clock.instant().plus(pause.compareTo(lease) > 0 ? pause : lease);
  }
}
