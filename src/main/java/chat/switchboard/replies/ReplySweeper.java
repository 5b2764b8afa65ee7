package chat.switchboard.replies;

import chat.switchboard.librechat.AgentClient;
import chat.switchboard.mongo.ExclusiveRunner;
import chat.switchboard.ops.Cause;
import chat.switchboard.phone.Mask;
import chat.switchboard.phone.ServiceNumbersConfig;
import chat.switchboard.replies.Reply.State;
import chat.switchboard.routing.AutoReplyConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/** Takes up what is due, and what a replica that died has left over. */
@ApplicationScoped
class ReplySweeper {

  private static final Logger LOG = Logger.getLogger(ReplySweeper.class);
  private static final int AT_ONCE = 256;

  /** Answers of all replicas whose beginning and end are told. */
  private static final int MOST_UNDER_WAY = 1_000;

  private final Replies replies;
  private final ReplyWorker asker;
  private final AgentClient agent;
  private final ExclusiveRunner alone;
  private final AnswersUnderWay underWay;
  private final ServiceNumbersConfig serviceNumbersConfig;
  private final AutoReplyConfig autoReplyConfig;
  private final AtomicLong dead = new AtomicLong();
  private final AtomicLong waiting = new AtomicLong();
  private Set<String> lastSeen = Set.of();

  ReplySweeper(
      Replies replies,
      ReplyWorker asker,
      AgentClient agent,
      ExclusiveRunner alone,
      AnswersUnderWay underWay,
      ServiceNumbersConfig serviceNumbersConfig,
      AutoReplyConfig autoReplyConfig,
      MeterRegistry meters) {
    this.replies = replies;
    this.asker = asker;
    this.agent = agent;
    this.alone = alone;
    this.underWay = underWay;
    this.serviceNumbersConfig = serviceNumbersConfig;
    this.autoReplyConfig = autoReplyConfig;
    Gauge.builder("switchboard.replies.dead.letters", dead, AtomicLong::get).register(meters);
    Gauge.builder("switchboard.replies.waiting", waiting, AtomicLong::get).register(meters);
  }

  /** Says at the start if answers are wanted that nobody can give. */
  void onStart(@Observes StartupEvent event) {
    if (agent.isThere()) {
      return;
    }
    if (autoReplyConfig.auto()) {
      LOG.warn("switchboard.replies.auto is set, but without LIBRECHAT_URL nothing is answered.");
    }
    serviceNumbersConfig
        .numbers()
        .forEach(
            (number, desk) -> {
              if (desk.autoReply().orElse(false)) {
                LOG.warnf(
                    "auto-reply is set for %s, but without LIBRECHAT_URL nothing is answered.",
                    Mask.phone(number));
              }
            });
  }

  @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> sweep() {
    if (!agent.isThere()) {
      return Uni.createFrom().voidItem();
    }
    return replies
        .due(AT_ONCE)
        .invoke(
            due -> {
              due.forEach(asker::kick);
              Set<String> seen = new HashSet<>(due);
              lastSeen.stream()
                  .filter(conversation -> !seen.contains(conversation))
                  .forEach(conversation -> alone.forget(ReplyWorker.lease(conversation)));
              lastSeen = seen;
            })
        .chain(() -> replies.answering(MOST_UNDER_WAY))
        .invoke(underWay::observed)
        .replaceWithVoid()
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.debugf("Scanning the replies failed: %s", Cause.of(failure));
              return Uni.createFrom().voidItem();
            });
  }

  @Scheduled(every = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> count() {
    return replies
        .count(State.DEAD)
        .invoke(dead::set)
        .flatMap(counted -> replies.count(State.PENDING))
        .invoke(waiting::set)
        .replaceWithVoid()
        .onFailure()
        .recoverWithNull();
  }
}
