package chat.switchboard.inbound;

import chat.switchboard.librechat.Conversation;
import chat.switchboard.mongo.LeaseKey;
import chat.switchboard.mongo.LeaseStore;
import chat.switchboard.mongo.LeasedWorkers;
import chat.switchboard.mongo.WorkerPolicy;
import chat.switchboard.mongo.WorkerPolicy.DuringRound;
import chat.switchboard.mongo.WorkerPolicy.Sharing;
import chat.switchboard.mongo.WorkerRegistry;
import chat.switchboard.ops.Timers;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** All lanes of this process that have work. */
@Singleton
class Lanes {

  /**
   * The maximum number of messages in all lanes together; messages whose callers wait are bounded
   * by {@link Admission}.
   */
  private static final int FULL = 10_000;

  /**
   * When the place of messages is checked after their write. LibreChat usually stores an answer
   * within a second of the end of its generation, and later if its database is slow.
   */
  private static final List<Duration> BRANCH_CHECKS =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(10));

  /** How often a busy holder checks whether another replica wants the lease. */
  static final Duration LOOK_ROUND = Duration.ofMillis(250);

  private static final WorkerPolicy POLICY =
      new WorkerPolicy(
          // The next message of a burst then needs no new lease. Another replica waits at most this
          // time: its first attempt makes the holder release the lease at the next round.
          Duration.ofMillis(200),
          // 60 ms: the other replica asks at least every 50 ms.
          Optional.of(new Sharing(LOOK_ROUND, Duration.ofMillis(60))),
          Duration.ofMillis(25),
          Duration.ofMillis(25),
          true,
          // A round is short, and checks the lease before and after each write.
          DuringRound.NOTHING);

  private final WorkerRegistry<ConversationLane> lanes;
  private final Timers timers;
  private final AtomicInteger inside = new AtomicInteger();
  private volatile boolean stopping;

  Lanes(
      LeasedWorkers workers,
      LaneFactory factory,
      LeaseStore leases,
      Timers timers,
      MeterRegistry meters) {
    this.timers = timers;
    this.lanes =
        workers.inPlace(
            POLICY,
            LeasedWorkers.Kind.of(
                LeaseKey::conversation,
                id -> factory.lane(id, this::checkLater),
                id -> leases.forget(LeaseKey.conversation(id))));
    Gauge.builder("switchboard.lanes.active", lanes, open -> open.names().size()).register(meters);
  }

  /** Last, so that requests in progress can end before. */
  void onStop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
    stopping = true;
    lanes.stop();
  }

  /**
   * Puts a message into its lane. If the lanes are full, a message that is kept in the inbox is not
   * put into a lane: the inbox retries the message, which then uses no memory here. The outcome of
   * the item stays open.
   */
  void submit(LaneItem item) {
    if (inside.get() >= FULL && item.entry().isPresent()) {
      return;
    }
    inside.incrementAndGet();
    item.whenDone(inside::decrementAndGet);
    lanes.wake(item.conversation().conversationId, lane -> lane.add(item));
  }

  /**
   * Schedules checks of the position of these messages: LibreChat may have stored an answer on a
   * parallel branch between the read of the conversation and the write. Best effort: a replica that
   * dies before a check skips the check.
   */
  private void checkLater(Conversation conversation, Set<String> messageIds) {
    for (Duration delay : BRANCH_CHECKS) {
      timers.after(
          delay,
          () -> {
            if (!stopping) {
              lanes.wake(
                  conversation.conversationId, lane -> lane.suspect(conversation, messageIds));
            }
          });
    }
  }
}
