package chat.switchboard.replies;

import chat.switchboard.librechat.AgentClient;
import chat.switchboard.mongo.SeldomWhileIdle;
import chat.switchboard.mongo.WhileIdle;
import chat.switchboard.ops.Periodic;
import chat.switchboard.replies.Reply.State;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/** Starts due replies, and replies that a dead replica has left. */
@ApplicationScoped
class ReplySweeper {

  private static final Periodic PERIODIC =
      new Periodic(Logger.getLogger(ReplySweeper.class), "Scanning the replies");

  private static final int AT_ONCE = 256;

  /** The maximum number of running answers of all replicas whose begin and end are reported. */
  private static final int MOST_UNDER_WAY = 1_000;

  private final Replies replies;
  private final ReplyWorker worker;
  private final AgentClient agent;
  private final AnswersUnderWay underWay;
  private final WhileIdle idle;
  private final AtomicLong dead = new AtomicLong();
  private final AtomicLong waiting = new AtomicLong();

  ReplySweeper(
      Replies replies,
      ReplyWorker worker,
      AgentClient agent,
      AnswersUnderWay underWay,
      WhileIdle idle,
      MeterRegistry meters) {
    this.replies = replies;
    this.worker = worker;
    this.agent = agent;
    this.underWay = underWay;
    this.idle = idle;
    Gauge.builder("switchboard.replies.dead.letters", dead, AtomicLong::get).register(meters);
    Gauge.builder("switchboard.replies.waiting", waiting, AtomicLong::get).register(meters);
  }

  @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> sweep() {
    if (!agent.isThere() || (idle.isNow() && !underWay.isHeard())) {
      return Uni.createFrom().voidItem();
    }
    if (idle.isNow()) {
      // Another replica may begin an answer; the open streams of this replica report it.
      return PERIODIC.run(replies.answering(MOST_UNDER_WAY).invoke(underWay::observed));
    }
    return PERIODIC.run(
        replies
            .due(AT_ONCE)
            .invoke(this::kick)
            .chain(() -> replies.answering(MOST_UNDER_WAY))
            .invoke(underWay::observed));
  }

  private void kick(List<String> due) {
    due.forEach(worker::kick);
    worker.forgetAllBut(Set.copyOf(due));
  }

  @Scheduled(
      every = "10s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = SeldomWhileIdle.class)
  Uni<Void> count() {
    return PERIODIC.run(
        replies
            .count(State.DEAD)
            .invoke(dead::set)
            .flatMap(counted -> replies.count(State.PENDING))
            .invoke(waiting::set));
  }
}
