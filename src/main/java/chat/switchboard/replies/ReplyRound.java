package chat.switchboard.replies;

import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.mongo.Next;
import chat.switchboard.replies.Reply.State;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Gets one answer in a conversation: a burst is answered by the answer to its last message. */
@ApplicationScoped
class ReplyRound {

  private final Replies replies;
  private final Conversations conversations;
  private final AnswersPerOwner owners;
  private final ReplyPlanner planner;
  private final ReplyPreparer preparer;
  private final ReplyExecutor executor;

  ReplyRound(
      Replies replies,
      Conversations conversations,
      AnswersPerOwner owners,
      ReplyPlanner planner,
      ReplyPreparer preparer,
      ReplyExecutor executor) {
    this.replies = replies;
    this.conversations = conversations;
    this.owners = owners;
    this.planner = planner;
    this.preparer = preparer;
    this.executor = executor;
  }

  Uni<Next> run(String conversationId) {
    return replies
        .open(conversationId)
        .flatMap(
            open -> {
              Optional<Duration> pause = planner.untilDue(open);
              if (pause.isPresent()) {
                return Uni.createFrom().item(new Next.RetryAfter(pause.get()));
              }
              return open.isEmpty() ? Uni.createFrom().item(new Next.Idle()) : answer(open);
            });
  }

  private Uni<Next> answer(List<Reply> open) {
    return owners
        .run(open.get(0).user, () -> find(open))
        // Without room the sweeper tries again.
        .map(more -> more.orElse(false) ? Next.Again.NOW : new Next.Idle());
  }

  private Uni<Boolean> find(List<Reply> open) {
    return conversations
        .find(open.get(0).conversationId, open.get(0).user)
        .flatMap(
            found ->
                found
                    .map(conversation -> answer(conversation, open))
                    .orElseGet(() -> executor.conversationDeleted(open)));
  }

  private Uni<Boolean> answer(Conversation conversation, List<Reply> open) {
    return open.stream()
        .filter(reply -> reply.state == State.ASKING)
        .findFirst()
        .map(asking -> executor.resume(conversation, asking))
        .orElseGet(
            () ->
                preparer
                    .prepare(conversation, open)
                    .flatMap(prepared -> executor.carryOut(conversation, prepared)));
  }
}
