package chat.switchboard.replies;

import chat.switchboard.librechat.AnswerText;
import chat.switchboard.librechat.Message;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.routing.NoticesConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Stores the result of an attempt to get an answer, and notifies the person. Each method returns
 * whether the conversation may have more work now.
 */
@ApplicationScoped
class ReplyOutcomes {

  private static final Logger LOG = Logger.getLogger(ReplyOutcomes.class);

  /** The pause before the next check while LibreChat generates another answer. */
  private static final Duration BUSY = Duration.ofSeconds(1);

  private final Replies replies;
  private final ReplySender sender;
  private final RepliesConfig config;
  private final NoticesConfig notices;
  private final Clock clock;
  private final MeterRegistry meters;
  private final List<AnswerListener> listeners;

  ReplyOutcomes(
      Replies replies,
      ReplySender sender,
      RepliesConfig config,
      NoticesConfig notices,
      Clock clock,
      MeterRegistry meters,
      @Any Instance<AnswerListener> listeners) {
    this.listeners = listeners.stream().toList();
    this.replies = replies;
    this.sender = sender;
    this.config = config;
    this.notices = notices;
    this.clock = clock;
    this.meters = meters;
  }

  /** Notes the result of a call of LibreChat. */
  Uni<Boolean> after(Reply reply, AgentCallResult result) {
    if (result instanceof AgentCallResult.Answered answered) {
      return answered(reply, answered.answer());
    }
    if (result instanceof AgentCallResult.Busy) {
      return busy(reply);
    }
    if (result instanceof AgentCallResult.Open) {
      return replies.postpone(reply, Duration.ZERO, "Taken up again").replaceWith(true);
    }
    if (result instanceof AgentCallResult.Never never) {
      return bury(reply, never.cause());
    }
    return again(reply, (AgentCallResult.Again) result);
  }

  /** Sends the answer to the phones of the reply. */
  Uni<Boolean> answered(Reply reply, Message answer) {
    return sender
        .answer(reply, answer)
        .chain(() -> tell(answer))
        .flatMap(sent -> replies.answered(reply, answer.messageId))
        .invoke(
            noted -> {
              FaultPoint.reached("answered");
              count("answered");
              meters
                  .timer("switchboard.replies.duration")
                  .record(Duration.ofMillis(clock.millis() - reply.wantedAt.getTime()));
            })
        .replaceWith(true);
  }

  private Uni<Void> tell(Message answer) {
    return Multi.createFrom()
        .iterable(listeners)
        .onItem()
        .transformToUniAndConcatenate(
            listener -> listener.onAnswered(answer, AnswerText.of(answer)))
        .collect()
        .asList()
        .replaceWithVoid();
  }

  /**
   * Waits while LibreChat generates another answer; a wait beyond the timeout counts as a failed
   * attempt.
   */
  Uni<Boolean> busy(Reply reply) {
    long patience = config.timeout().toMillis() * (reply.attempts + 1);
    return clock.millis() - reply.wantedAt.getTime() > patience
        ? again(reply, new AgentCallResult.Again("LibreChat was at another answer all the time"))
        : postpone(reply, "LibreChat is at another answer");
  }

  /** Checks the replies again soon, without counting an attempt. */
  Uni<Boolean> postpone(List<Reply> postponed, String cause) {
    return each(postponed)
        .call(reply -> postpone(reply, cause))
        .collect()
        .last()
        .replaceWith(false);
  }

  private Uni<Boolean> postpone(Reply reply, String cause) {
    return replies.postpone(reply, BUSY, cause).replaceWith(false);
  }

  private Uni<Boolean> again(Reply reply, AgentCallResult.Again again) {
    if (reply.attempts + 1 >= config.maxAttempts()) {
      return bury(reply, again.cause());
    }
    LOG.warnf(
        "Attempt %d to get an answer to message %s failed: %s",
        reply.attempts + 1, reply.id, again.cause());
    count("retried");
    return replies
        .failed(reply, again.cause(), again.atLeast(), again.over(), again.failedAnswers())
        .replaceWith(true);
  }

  /** Makes the replies dead letters, and sends the apology to their senders. */
  Uni<Boolean> bury(List<Reply> dead, String cause) {
    return each(dead).call(reply -> bury(reply, cause)).collect().last().replaceWith(true);
  }

  private Uni<Boolean> bury(Reply reply, String cause) {
    LOG.errorf("Message %s gets no answer and is a dead letter: %s", reply.id, cause);
    count("dead");
    return notices
        .noAnswer()
        .filter(text -> !text.isBlank())
        .map(text -> sender.apology(reply, text))
        .orElseGet(() -> Uni.createFrom().voidItem())
        .flatMap(told -> replies.bury(reply, cause))
        .replaceWith(true);
  }

  /** Ends replies that need no answer. */
  Uni<Boolean> skip(List<Reply> skipped, String cause) {
    return each(skipped)
        .call(reply -> replies.skip(reply, cause).invoke(() -> count("skipped")))
        .collect()
        .last()
        .replaceWith(true);
  }

  private static Multi<Reply> each(List<Reply> some) {
    return Multi.createFrom().iterable(some);
  }

  private void count(String outcome) {
    meters.counter("switchboard.replies", "outcome", outcome).increment();
  }
}
