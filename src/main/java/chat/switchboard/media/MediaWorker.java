package chat.switchboard.media;

import chat.switchboard.mongo.LeaseConfig;
import chat.switchboard.mongo.WhileIdle;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.ops.Timers;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Runs the steps of files: fetches pending files, and uploads fetched files to LibreChat. The
 * worker renews its claim on the file during each step. After the death of a replica another
 * replica claims the file when the claim has expired.
 */
@ApplicationScoped
class MediaWorker {

  private static final Logger LOG = Logger.getLogger(MediaWorker.class);

  /**
   * The time that a step may need besides one fetch: scanning, storing and an upload to LibreChat.
   */
  private static final Duration BESIDES_FETCH = Duration.ofMinutes(10);

  /** More than the driver's time limits of the command of a claim, which are 11 s together. */
  private static final Duration LONGEST_CLAIM = Duration.ofSeconds(20);

  private final MediaStore store;
  private final MediaDownload download;
  private final MediaPlacement placement;
  private final Timers timers;
  private final int concurrency;
  private final Duration lease;

  /**
   * A step without an end would renew its claim for ever, and no replica would take the file over.
   */
  private final Duration longestStep;

  private final AtomicInteger running = new AtomicInteger();
  private volatile boolean stopping;

  MediaWorker(
      MediaStore store,
      MediaDownload download,
      MediaPlacement placement,
      MediaConfig config,
      LeaseConfig leases,
      Timers timers,
      MeterRegistry meters) {
    this.store = store;
    this.download = download;
    this.placement = placement;
    this.timers = timers;
    this.concurrency = config.concurrency();
    this.lease = leases.lease();
    this.longestStep = config.fetchTimeout().plus(BESIDES_FETCH);
    Gauge.builder("switchboard.media.running", running, AtomicInteger::get).register(meters);
  }

  void onStop(@Observes ShutdownEvent event) {
    stopping = true;
  }

  /** Claims the next due file, also one that another replica has left. */
  @Scheduled(
      every = "1s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = WhileIdle.class)
  void wake() {
    if (running.incrementAndGet() > concurrency || stopping) {
      running.decrementAndGet();
      return;
    }
    // Reading LibreChat's documents needs a context of its own.
    timers.newContext().execute(this::next);
  }

  private void next() {
    store
        .claim(lease)
        .ifNoItem()
        .after(LONGEST_CLAIM)
        .fail()
        .subscribe()
        .with(
            claimed -> {
              if (claimed.isEmpty()) {
                running.decrementAndGet();
                return;
              }
              FaultPoint.reached("media-claimed");
              // More files may be due.
              wake();
              work(claimed.get());
            },
            failure -> {
              running.decrementAndGet();
              LOG.debugf("The search for due files failed: %s", Cause.of(failure));
            });
  }

  private void work(MediaItem item) {
    Cancellable heartbeat = heartbeat(item);
    Uni.createFrom()
        .deferred(() -> step(item))
        .ifNoItem()
        .after(longestStep)
        .fail()
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.warnf("A step of file %s failed: %s", item.id, Cause.of(failure));
              return store.retry(
                  item,
                  "A step failed (" + failure.getClass().getSimpleName() + ")",
                  Optional.empty());
            })
        .subscribe()
        .with(
            done -> finish(heartbeat),
            failure -> {
              // The claim expires, and a later attempt follows.
              LOG.debugf("The state of file %s was not written: %s", item.id, Cause.of(failure));
              finish(heartbeat);
            });
  }

  private void finish(Cancellable heartbeat) {
    heartbeat.cancel();
    running.decrementAndGet();
    wake();
  }

  private Uni<Optional<MediaItem>> step(MediaItem item) {
    return item.state == MediaState.PENDING ? download.run(item) : placement.place(item);
  }

  private Cancellable heartbeat(MediaItem item) {
    return Multi.createFrom()
        .ticks()
        .every(lease.dividedBy(3))
        .onOverflow()
        .drop()
        .onItem()
        .transformToUniAndConcatenate(
            tick ->
                store
                    .renew(item, lease)
                    .ifNoItem()
                    .after(lease)
                    .fail()
                    .onFailure()
                    .recoverWithItem(false))
        .subscribe()
        .with(renewed -> {}, failure -> {});
  }
}
