package chat.switchboard.inbound;

import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Generations;
import chat.switchboard.librechat.MessageConfig;
import chat.switchboard.librechat.ThreadEnd;
import chat.switchboard.librechat.ThreadEndFinder;
import chat.switchboard.replies.Replies;
import chat.switchboard.replies.RepliesConfig;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** Finds the end of a conversation, and delays messages while LibreChat generates an answer. */
@Singleton
class AnswerWait {

  /**
   * The end of a conversation.
   *
   * @param tail the end; empty while LibreChat generates an answer
   * @param ours whether Switchboard asked for that answer
   * @param isGuessed see {@link Generations.IdleEnd#isGuessed()}
   */
  record End(Optional<ThreadEnd> tail, boolean ours, boolean isGuessed) {}

  private final Replies replies;
  private final Generations generations;
  private final ThreadEndFinder tails;
  private final Clock clock;
  private final MessageConfig messages;
  private final RepliesConfig repliesConfig;

  AnswerWait(
      Replies replies,
      Generations generations,
      ThreadEndFinder tails,
      Clock clock,
      MessageConfig messages,
      RepliesConfig repliesConfig) {
    this.replies = replies;
    this.generations = generations;
    this.tails = tails;
    this.clock = clock;
    this.messages = messages;
    this.repliesConfig = repliesConfig;
  }

  /**
   * Returns the end where a message can be appended. Checks first whether Switchboard still waits
   * for an answer. If not, the answer is already stored, so the end that is read afterwards comes
   * after the answer.
   */
  Uni<End> end(Conversation conversation) {
    return replies
        .asking(conversation.conversationId)
        .flatMap(
            asking ->
                asking
                    ? Uni.createFrom().item(new End(Optional.empty(), true, false))
                    : generations.idleEnd(conversation).map(AnswerWait::idle));
  }

  private static End idle(Generations.IdleEnd end) {
    return new End(end.tail(), false, end.isGuessed());
  }

  /** Returns the end as it is, also while LibreChat generates an answer. */
  Uni<ThreadEnd> endRegardless(Conversation conversation) {
    return tails.find(conversation);
  }

  /** Returns the time, in epoch milliseconds. */
  long now() {
    return clock.millis();
  }

  /**
   * Whether a message that came at this time still waits for the answer.
   *
   * @param receivedAt epoch milliseconds
   */
  boolean isWaiting(End end, long receivedAt) {
    Duration age = Duration.ofMillis(clock.millis() - receivedAt);
    return age.compareTo(longest(end)) < 0;
  }

  private Duration longest(End end) {
    Duration longest = messages.waitForAnswer();
    // LibreChat certainly generates an answer that Switchboard requested: the longer limit applies.
    Duration reply = repliesConfig.timeout();
    return end.ours() && reply.compareTo(longest) > 0 ? reply : longest;
  }
}
