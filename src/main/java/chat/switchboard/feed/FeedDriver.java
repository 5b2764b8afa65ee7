package chat.switchboard.feed;

import chat.switchboard.librechat.CopyWatch;
import chat.switchboard.mongo.DatabaseWatch;
import chat.switchboard.mongo.LeaseStores;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Finding;
import chat.switchboard.ops.Timers;
import com.mongodb.MongoCommandException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Drives the feed by the server's change stream, if the server has one, and by polling. A slow poll
 * also runs beside the change stream: the poll finds messages that the change stream missed, and
 * such a message restarts the change stream. The elected replica drives {@link FeedReader}, the
 * others {@link FeedFollower}. While {@link FeedBus} brings the entries to a follower, the follower
 * needs no change stream.
 */
@Readiness
@Singleton
class FeedDriver implements HealthCheck, CopyWatch {

  private static final Logger LOG = Logger.getLogger(FeedDriver.class);

  /** The polling interval beside a working change stream. */
  private static final Duration NOW_AND_THEN = Duration.ofSeconds(10);

  /** The time until a refused change stream is requested again. */
  private static final Duration RARELY = Duration.ofMinutes(10);

  /** A change stream that delivers a message later than this does not work. */
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);

  /** The time for which MongoDB is followed after Redis has failed to bring an entry. */
  private static final Duration DISTRUST = Duration.ofMinutes(1);

  /** How often the election has its turn. */
  private static final Duration ELECTION = Duration.ofSeconds(1);

  /** After this time a process writes the entries of its own announcements itself. */
  private static final Duration OVERDUE = Duration.ofSeconds(30);

  private static final int MOST_OVERDUE = 1_000;

  /**
   * The codes with which a server says that its oplog no longer reaches back to the position, or
   * that the position is of another server.
   */
  private static final List<Integer> POSITION_LOST = List.of(136, 260, 280, 286);

  private final FeedReader reader;
  private final FeedFollower follower;
  private final FeedElection election;
  private final FeedEntries entries;
  private final OwnAnnouncements own;
  private final FeedBus bus;
  private final DatabaseWatch database;
  private final Vertx vertx;
  private final FeedConfig config;

  /** The monotonic time of the start of the process, approximately. */
  private final long madeAt = System.nanoTime();

  private Cancellable looking;
  private Cancellable electing;
  private volatile Cancellable following;
  private volatile boolean live;
  private volatile long lookedAt;
  private volatile long followAgainAt;
  private volatile ChangeStreamRefusal refused;
  private volatile boolean stopping;

  /** Null until the first election. */
  private volatile FeedRole role;

  /** The role before the current role; null before the second. */
  private volatile FeedRole before;

  /** The monotonic time at which the role began. */
  private volatile long roleSince;

  @Inject
  FeedDriver(
      FeedReader reader,
      FeedFollower follower,
      FeedEntries entries,
      OwnAnnouncements own,
      FeedBus bus,
      LeaseStores leases,
      Timers timers,
      DatabaseWatch database,
      Vertx vertx,
      FeedConfig config,
      MeterRegistry meters) {
    this(
        reader,
        follower,
        entries,
        own,
        bus,
        new FeedElection(leases.ofLife(FeedElection.LIFE), timers),
        database,
        vertx,
        config,
        meters);
  }

  FeedDriver(
      FeedReader reader,
      FeedFollower follower,
      FeedEntries entries,
      OwnAnnouncements own,
      FeedBus bus,
      FeedElection election,
      DatabaseWatch database,
      Vertx vertx,
      FeedConfig config,
      MeterRegistry meters) {
    this.config = config;
    this.reader = reader;
    this.follower = follower;
    this.entries = entries;
    this.own = own;
    this.bus = bus;
    this.election = election;
    this.database = database;
    this.vertx = vertx;
    Gauge.builder("switchboard.feed.age", this, one -> one.age().toMillis() / 1_000.0)
        .baseUnit("seconds")
        .description("Time since the start of the last successful poll for new messages")
        .register(meters);
    Gauge.builder("switchboard.feed.reader", this, one -> one.role == one.reader ? 1 : 0)
        .description("1 if this process reads LibreChat's messages for all replicas")
        .register(meters);
    Gauge.builder("switchboard.feed.live", this, one -> one.live || one.isCarried() ? 1 : 0)
        .description("1 if new messages arrive by the server's change stream or by Redis")
        .register(meters);
  }

  void onStart(@Observes StartupEvent event) {
    // One event loop for all steps, so that no step runs on the database driver's threads.
    Context context = VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext());
    electing = every(ELECTION, context, this::elect);
    looking = every(config.pollInterval(), context, this::turn);
  }

  private static Cancellable every(Duration interval, Context context, Supplier<Uni<Void>> step) {
    return Multi.createFrom()
        .ticks()
        .every(interval)
        .onOverflow()
        .drop()
        .emitOn(task -> context.runOnContext(now -> task.run()))
        .onItem()
        // A failure of one step must not end the steps.
        .transformToUniAndConcatenate(
            tick -> quietly("A step of the feed", Uni.createFrom().deferred(step::get)))
        .subscribe()
        .with(done -> {});
  }

  /** Another replica reads from now on: the streams of this process have ended. */
  void onStopping(@Observes ShutdownDelayInitiatedEvent event) {
    stop();
  }

  void onStop(@Observes ShutdownEvent event) {
    stop();
    if (looking != null) {
      looking.cancel();
      electing.cancel();
    }
  }

  private void stop() {
    stopping = true;
    stopFollowing();
    bus.stop();
    election
        .stop()
        .subscribe()
        .with(
            done -> {},
            failure -> LOG.debugf("Giving the feed back failed: %s", Cause.of(failure)));
  }

  /** Takes part in the election; called once a second. */
  Uni<Void> elect() {
    return quietly(
        "The election of the feed's reader",
        election.turn().ifNoItem().after(FeedElection.LIFE.dividedBy(3)).fail().invoke(this::beat));
  }

  /** Followers trust Redis only while a reader reads that the database certainly knows. */
  private void beat() {
    if (!stopping && role == reader && election.isSure()) {
      bus.beat();
    }
  }

  private static Uni<Void> quietly(String what, Uni<?> step) {
    return step.replaceWithVoid()
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.debugf("%s failed: %s", what, Cause.of(failure));
              return Uni.createFrom().voidItem();
            });
  }

  /** Changes the role. The change stream of the new role begins with the next turn. */
  private Uni<Void> become(FeedRole next) {
    stopFollowing();
    return quietly(
        "The change of the feed's reader",
        next.begin(role == null, life())
            .ifNoItem()
            .after(config.maxFeedLag().dividedBy(2))
            .fail()
            .invoke(
                () -> {
                  before = role;
                  role = next;
                  roleSince = System.nanoTime();
                  followAgainAt = roleSince;
                  if (next == reader) {
                    bus.lead();
                  } else {
                    bus.follow();
                  }
                  LOG.infof(
                      next == reader
                          ? "This replica reads LibreChat's messages."
                          : "Another replica reads LibreChat's messages; this replica follows.");
                }));
  }

  /** Polls, if that is due; called at each interval of polling. */
  Uni<Void> turn() {
    if (stopping || !election.isDecided()) {
      return Uni.createFrom().voidItem();
    }
    FeedRole wanted = election.isReader() ? reader : follower;
    if (role != wanted) {
      return become(wanted);
    }
    long now = System.nanoTime();
    boolean carried = isCarried();
    boolean gap = carries() && bus.takeGap();
    if (following == null && !carried && wantsChanges() && now - followAgainAt >= 0) {
      follow();
    }
    boolean isQuiet = (live || carried) && !gap && !wanted.isBehind();
    if (isQuiet && now - lookedAt < NOW_AND_THEN.toNanos()) {
      return Uni.createFrom().voidItem();
    }
    lookedAt = now;
    return wanted
        .look()
        .call(this::storeOverdue)
        .call(this::lookBeside)
        .ifNoItem()
        .after(config.maxFeedLag().dividedBy(2))
        .fail()
        .invoke(
            late -> {
              boolean isLate = late.compareTo(LONGEST_DELAY) > 0;
              if (carried && !gap && isLate) {
                LOG.warn("Redis did not bring an entry of the feed; following MongoDB.");
                bus.distrust(DISTRUST);
              } else if (carried) {
                // Redis brings the entries since before this poll.
                stopFollowing();
              } else if (live && isLate) {
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
              if (gap) {
                bus.giveGapBack();
              }
              return restIfUseless();
            });
  }

  /**
   * The reader writes an entry for each message. If the reader has not found a message, such as a
   * message whose date differs by the error of a clock, the process that announced the message
   * writes the entry.
   */
  private Uni<Void> storeOverdue() {
    List<FeedEntry> overdue = own.overdue(OVERDUE, MOST_OVERDUE);
    return overdue.isEmpty()
        ? Uni.createFrom().voidItem()
        : entries
            .add(overdue)
            .replaceWithVoid()
            .invoke(() -> own.stored(overdue.stream().map(FeedEntry::id).toList()));
  }

  /** The clients of the reader hear of the messages that {@link #storeOverdue} is for, too. */
  private Uni<Void> lookBeside() {
    return role == reader ? follower.lookBeside(life()) : Uni.createFrom().voidItem();
  }

  /** The time since the start of the process. */
  private Duration life() {
    return Duration.ofNanos(System.nanoTime() - madeAt);
  }

  /** A reader that cannot read lets another replica try. */
  private Uni<Void> restIfUseless() {
    boolean isUseless =
        role == reader
            && election.isSure()
            && System.nanoTime() - roleSince > config.maxFeedLag().toNanos()
            && reader.age().compareTo(config.maxFeedLag()) > 0;
    return isUseless
        ? quietly("Giving the feed back", election.rest(NOW_AND_THEN))
        : Uni.createFrom().voidItem();
  }

  /** Whether Redis may bring what this process needs. */
  private boolean carries() {
    return role == follower;
  }

  /**
   * The reader's change stream shows the copies of messages. A follower leaves the copies to the
   * reader, also to a reader that polls.
   */
  @Override
  public boolean isWatched() {
    return role == follower || (role == reader && live);
  }

  private boolean isCarried() {
    return carries() && bus.isLive();
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
    Cancellable begun = role.follow(this::broken);
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
    ChangeStreamRefusal refusal = ChangeStreamRefusal.of(failure, role.hasPosition()).orElse(null);
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
      role.forgetPosition();
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
    if (isCarried()) {
      return Finding.ok("New messages arrive by Redis.");
    }
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
            "Wait: Switchboard opens the change stream again within seconds. Otherwise the log has"
                + " the cause.");
  }

  private void stopFollowing() {
    Cancellable open = following;
    live = false;
    following = null;
    if (open != null) {
      open.cancel();
    }
  }

  /** The age by the current role, and by the role before until the current role has polled. */
  private Duration age() {
    FeedRole now = role;
    FeedRole last = before;
    Duration age = now == null ? FeedRole.UNKNOWN : now.age();
    return last == null || !age.equals(FeedRole.UNKNOWN) ? age : last.age();
  }

  @Override
  public HealthCheckResponse call() {
    Duration age = age();
    var response =
        HealthCheckResponse.named("feed")
            .withData("by", isCarried() ? "Redis" : live ? "change stream" : "looking")
            .withData("reader", role == reader);
    return age.compareTo(
                config.maxFeedLag().plus(live || isCarried() ? NOW_AND_THEN : Duration.ZERO))
            <= 0
        ? response.up().build()
        : response
            .down()
            .withData("cause", "polling LibreChat's database for new messages fails")
            .build();
  }
}
