package chat.switchboard.feed;

import chat.switchboard.librechat.MessageQueries;
import chat.switchboard.mongo.DatabaseWatch;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Finding;
import com.mongodb.MongoCommandException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import org.bson.BsonDocument;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Drives the feed by the server's change stream, if the server has one, and by polling. A slow poll
 * also runs beside the change stream: the poll finds messages that the change stream missed, and
 * such a message restarts the change stream.
 */
@Readiness
@ApplicationScoped
class FeedDriver implements HealthCheck {

  private static final Logger LOG = Logger.getLogger(FeedDriver.class);

  /** The polling interval beside a working change stream. */
  private static final Duration NOW_AND_THEN = Duration.ofSeconds(10);

  /** The time until a refused change stream is requested again. */
  private static final Duration RARELY = Duration.ofMinutes(10);

  /** A change stream that delivers a message later than this does not work. */
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);

  /** Changes that are handled together. */
  private static final int MOST_CHANGES = 500;

  /** The codes with which a server says that its oplog no longer reaches back to the position. */
  private static final List<Integer> POSITION_LOST = List.of(136, 280, 286);

  private final Feed feed;
  private final MessageQueries sightings;
  private final DatabaseWatch database;
  private final Vertx vertx;
  private final FeedConfig config;

  private Cancellable looking;
  private volatile Cancellable following;
  private volatile boolean live;
  private volatile long lookedAt;
  private volatile long followAgainAt;
  private volatile ChangeStreamRefusal refused;

  /** The position in the change stream; kept when the change stream breaks. */
  private volatile BsonDocument position;

  FeedDriver(
      Feed feed,
      MessageQueries sightings,
      DatabaseWatch database,
      Vertx vertx,
      FeedConfig config,
      MeterRegistry meters) {
    this.config = config;
    this.feed = feed;
    this.sightings = sightings;
    this.database = database;
    this.vertx = vertx;
    Gauge.builder("switchboard.feed.age", feed, one -> one.age().toMillis() / 1_000.0)
        .baseUnit("seconds")
        .description("Time since the start of the last successful poll for new messages")
        .register(meters);
    Gauge.builder("switchboard.feed.live", this, one -> one.live ? 1 : 0)
        .description("1 if the server's change stream is open")
        .register(meters);
  }

  void onStart(@Observes StartupEvent event) {
    // One event loop for all steps, so that no step runs on the database driver's threads.
    Context context = VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext());
    looking =
        Multi.createFrom()
            .ticks()
            .every(config.pollInterval())
            .onOverflow()
            .drop()
            .emitOn(task -> context.runOnContext(now -> task.run()))
            .onItem()
            .transformToUniAndConcatenate(tick -> turn())
            .subscribe()
            .with(done -> {});
  }

  void onStop(@Observes ShutdownEvent event) {
    if (looking != null) {
      looking.cancel();
    }
    stopFollowing();
  }

  private Uni<Void> turn() {
    long now = System.nanoTime();
    if (following == null && wantsChanges() && now - followAgainAt >= 0) {
      follow();
    }
    if (live && now - lookedAt < NOW_AND_THEN.toNanos()) {
      return Uni.createFrom().voidItem();
    }
    lookedAt = now;
    return feed.look()
        .ifNoItem()
        .after(config.maxFeedLag().dividedBy(2))
        .fail()
        .invoke(
            late -> {
              if (live && late.compareTo(LONGEST_DELAY) > 0) {
                LOG.warnf("The change stream is silent; restarting it.");
                stopFollowing();
              }
              // The first poll has found the messages from before the change stream began.
              live = following != null;
              if (live && refused != null) {
                refused = null;
                LOG.info("The server accepted the change stream.");
              }
            })
        .replaceWithVoid()
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.debugf("Polling for new messages failed: %s", Cause.of(failure));
              return Uni.createFrom().voidItem();
            });
  }

  private boolean wantsChanges() {
    return switch (config.feed()) {
      case AUTO -> database.hasChangeStreams();
      case CHANGES -> true;
      case POLL -> false;
    };
  }

  private void follow() {
    long before = followAgainAt;
    Cancellable begun =
        Batches.of(
            sightings.changes(position),
            MOST_CHANGES,
            changes ->
                feed.changed(changes)
                    .invoke(() -> position = changes.get(changes.size() - 1).position()),
            this::broken);
    if (followAgainAt == before) {
      following = begun;
    }
  }

  /**
   * The database driver has already retried. Until the next attempt the feed polls at the normal
   * interval.
   */
  private void broken(Throwable failure) {
    live = false;
    following = null;
    ChangeStreamRefusal refusal = ChangeStreamRefusal.of(failure, position != null).orElse(null);
    if (refusal != null) {
      followAgainAt = System.nanoTime() + RARELY.toNanos();
      if (!refusal.equals(refused)) {
        LOG.warnf(
            "%s. Polling for new messages every %d ms; the change stream is retried every %d"
                + " minutes. %s",
            refusal.says(), config.pollInterval().toMillis(), RARELY.toMinutes(), refusal.mend());
      }
      refused = refusal;
      return;
    }
    if (failure instanceof MongoCommandException lost
        && POSITION_LOST.contains(lost.getErrorCode())) {
      // Polling finds the messages in between.
      position = null;
    }
    LOG.warnf(
        "The change stream ended (%s); polling for new messages until it is back.",
        failure == null ? "by the server" : Cause.of(failure));
    followAgainAt = System.nanoTime() + NOW_AND_THEN.toNanos();
  }

  /** The doctor's finding. */
  Finding finding() {
    String looks =
        "Switchboard polls for new messages every " + config.pollInterval().toMillis() + " ms";
    if (!wantsChanges()) {
      return Finding.ok(
          looks
              + (config.feed() == FeedConfig.FeedSource.POLL
                  ? ", since switchboard.stream.feed is poll."
                  : ": this server has no change streams."));
    }
    ChangeStreamRefusal refusal = refused;
    if (refusal != null) {
      return Finding.warn(refusal.says() + ". " + looks + ".", refusal.mend());
    }
    return live
        ? Finding.ok("New messages arrive by the server's change stream.")
        : Finding.warn(
            looks + ": the server's change stream is not open.",
            "Wait: Switchboard opens the change stream again within seconds. Otherwise the log has the cause.");
  }

  private void stopFollowing() {
    Cancellable open = following;
    live = false;
    following = null;
    if (open != null) {
      open.cancel();
    }
  }

  @Override
  public HealthCheckResponse call() {
    Duration age = feed.age();
    var response =
        HealthCheckResponse.named("feed").withData("by", live ? "change stream" : "looking");
    return age.compareTo(config.maxFeedLag().plus(live ? NOW_AND_THEN : Duration.ZERO)) <= 0
        ? response.up().build()
        : response
            .down()
            .withData("cause", "polling LibreChat's database for new messages fails")
            .build();
  }
}
