package chat.switchboard.replies;

import chat.switchboard.librechat.AgentClient;
import chat.switchboard.mongo.Lease;
import chat.switchboard.mongo.LeaseKey;
import chat.switchboard.mongo.LeaseStore;
import chat.switchboard.mongo.LeasedWorkers;
import chat.switchboard.mongo.Next;
import chat.switchboard.mongo.Round;
import chat.switchboard.mongo.WorkerPolicy;
import chat.switchboard.mongo.WorkerPolicy.DuringRound;
import chat.switchboard.mongo.WorkerRegistry;
import chat.switchboard.ops.Cause;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Has the messages of each conversation answered, in one replica at a time. */
@ApplicationScoped
class ReplyWorker {

  private static final Logger LOG = Logger.getLogger(ReplyWorker.class);

  private static final WorkerPolicy POLICY =
      new WorkerPolicy(
          // The next answer is due after the debounce at the earliest.
          Duration.ZERO,
          // The holder answers what another replica has received as well.
          Optional.empty(),
          // Not used: the sweeper tries again each second what another replica is at.
          Duration.ofSeconds(1),
          Duration.ZERO,
          // An answer takes minutes. It is left to the replica that has the lease now, and at a
          // stop to another replica or to the next start.
          false,
          DuringRound.RENEW_OR_CANCEL);

  private final AgentClient agent;
  private final RepliesConfig config;
  private final LeaseStore leases;
  private final WorkerRegistry<Answering> workers;

  /** Conversations whose workers rest; this process may remember the holders of their leases. */
  private final Set<String> rested = ConcurrentHashMap.newKeySet();

  private volatile boolean stopping;

  ReplyWorker(
      LeasedWorkers workers,
      LeaseStore leases,
      ReplyRound round,
      AgentClient agent,
      RepliesConfig config) {
    this.leases = leases;
    this.agent = agent;
    this.config = config;
    this.workers =
        workers.inPlace(
            POLICY,
            LeasedWorkers.Kind.of(LeaseKey::reply, id -> new Answering(id, round), rested::add));
  }

  void onStop(@Observes ShutdownEvent event) {
    stopping = true;
    workers.stop();
  }

  void onWanted(@Observes ReplyWanted wanted) {
    if (agent.isThere()) {
      workers.wakeAfter(wanted.conversationId(), config.debounce());
    }
  }

  /** Starts with this conversation, unless a worker of this process is at it. */
  void kick(String conversationId) {
    if (!stopping && agent.isThere()) {
      workers.wake(conversationId);
    }
  }

  /** Forgets the holders of the leases that this process no longer wants. */
  void forgetAllBut(Set<String> due) {
    rested.removeIf(
        conversationId -> {
          if (due.contains(conversationId)) {
            return false;
          }
          if (!workers.names().contains(conversationId)) {
            leases.forget(LeaseKey.reply(conversationId));
          }
          return true;
        });
  }

  /** The answers of one conversation. */
  private record Answering(String conversationId, ReplyRound round) implements Round {

    @Override
    public Optional<Next> insteadOfRound() {
      return Optional.empty();
    }

    @Override
    public Uni<Next> run(Lease lease) {
      return round.run(conversationId);
    }

    @Override
    public Uni<Boolean> isStillWaiting() {
      return Uni.createFrom().item(false);
    }

    @Override
    public Next failed(Throwable failure) {
      LOG.warnf(
          "Processing the replies of conversation %s failed and will be retried: %s",
          conversationId, Cause.of(failure));
      return new Next.Idle();
    }
  }
}
