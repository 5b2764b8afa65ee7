package chat.switchboard.inbound;

import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.NewMessage;
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
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** All lanes of this process that have something to do. */
@ApplicationScoped
class Lanes {

  /** Messages in all lanes together; those that callers wait for are bounded elsewhere. */
  private static final int FULL = 10_000;

  /**
   * When the place of messages is checked after their write. LibreChat usually stores an answer
   * within a second of the end of its generation, and later if its database is slow.
   */
  private static final List<Duration> BRANCH_CHECKS =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(10));

  /** How often a busy holder looks whether another replica wants the lease. */
  static final Duration LOOK_ROUND = Duration.ofMillis(250);

  private static final WorkerPolicy POLICY =
      new WorkerPolicy(
          // The next message of a burst then costs no lease. So long may another replica have to
          // wait, whose first attempt makes the holder let go at the next round.
          Duration.ofMillis(200),
          // 60 ms: the other replica asks at least every 50 ms.
          Optional.of(new Sharing(LOOK_ROUND, Duration.ofMillis(60))),
          Duration.ofMillis(25),
          Duration.ofMillis(25),
          // A round is short, and looks at the lease before and after it writes.
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
            new LeasedWorkers.Kind<>() {
              @Override
              public LeaseKey key(String conversationId) {
                return LeaseKey.conversation(conversationId);
              }

              @Override
              public ConversationLane round(String conversationId) {
                return factory.lane(conversationId, Lanes.this::checkLater);
              }

              @Override
              public void removed(String conversationId) {
                leases.forget(key(conversationId));
              }
            });
    Gauge.builder("switchboard.lanes.active", lanes, open -> open.names().size()).register(meters);
  }

  /** Last: what is under way may still come to its end before. */
  void onStop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
    stopping = true;
    lanes.stop();
  }

  /**
   * Puts a message into its lane. A message that is kept in the inbox stays there alone when the
   * lanes are full: the inbox tries it again, and no memory is spent on it. Its outcome stays open.
   */
  void submit(LaneItem item) {
    if (inside.get() >= FULL && item.entry().isPresent()) {
      return;
    }
    inside.incrementAndGet();
    item.whenDone(inside::decrementAndGet);
    lanes.wake(item.conversation.conversationId, lane -> lane.add(item));
  }

  /**
   * Has the place of these messages checked later: LibreChat may have stored an answer beside them
   * between the look at the conversation and the write. Best effort: a replica that dies before a
   * check leaves it out.
   */
  private void checkLater(Conversation conversation, List<NewMessage> messages) {
    for (Duration delay : BRANCH_CHECKS) {
      timers.after(
          delay,
          () -> {
            if (!stopping) {
              lanes.wake(conversation.conversationId, lane -> lane.suspect(conversation, messages));
            }
          });
    }
  }
}
