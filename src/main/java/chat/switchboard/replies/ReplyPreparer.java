package chat.switchboard.replies;

import chat.switchboard.librechat.Conversation;
import chat.switchboard.mongo.ExclusiveRunner;
import chat.switchboard.mongo.Lease;
import chat.switchboard.mongo.LeaseKey;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.ops.Timers;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Plans the answers of a conversation and notes the coming request to LibreChat, under the lease of
 * the conversation, so that no lane appends a message in between. From that note on the lanes wait.
 */
@ApplicationScoped
class ReplyPreparer {

  /**
   * A plan, and the part of it that was carried out under the lease.
   *
   * @param asking the reply whose request goes to LibreChat; empty if the plan sends no request, or
   *     if the reply has changed since it was read
   * @param consentAt the monotonic time at which the read of the consent began
   */
  record Prepared(ReplyPlan plan, Optional<Reply> asking, long consentAt) {}

  private final SituationReader situations;
  private final ReplyPlanner planner;
  private final ReplyPolicy policy;
  private final Replies replies;
  private final Repeats repeats;
  private final ExclusiveRunner exclusive;
  private final Timers timers;

  ReplyPreparer(
      SituationReader situations,
      ReplyPlanner planner,
      ReplyPolicy policy,
      Replies replies,
      Repeats repeats,
      ExclusiveRunner exclusive,
      Timers timers) {
    this.situations = situations;
    this.planner = planner;
    this.policy = policy;
    this.replies = replies;
    this.repeats = repeats;
    this.exclusive = exclusive;
    this.timers = timers;
  }

  Uni<Prepared> prepare(Conversation conversation, List<Reply> open) {
    return exclusive.inTurn(
        LeaseKey.conversation(conversation.conversationId),
        lease -> prepare(conversation, open, lease));
  }

  private Uni<Prepared> prepare(Conversation conversation, List<Reply> open, Lease lease) {
    // Under the lease: the wait for the lease is long enough for a STOP.
    long consentAt = timers.nanoTime();
    return policy
        .mayBeAnswered(Recipient.ofEach(open))
        .flatMap(allowed -> plan(conversation, open, allowed))
        .flatMap(plan -> begin(conversation, plan, consentAt))
        .call(
            prepared ->
                exclusive.isStillHeld(lease).flatMap(held -> held ? nothing() : undo(prepared)));
  }

  private Uni<ReplyPlan> plan(
      Conversation conversation, List<Reply> open, List<Recipient> allowed) {
    return situations
        .read(conversation, open)
        .map(
            read ->
                read.map(situation -> planner.plan(situation, allowed))
                    .orElseGet(() -> new ReplyPlan.Busy(open.get(open.size() - 1))));
  }

  private Uni<Prepared> begin(Conversation conversation, ReplyPlan plan, long consentAt) {
    if (plan instanceof ReplyPlan.Ask ask) {
      return ask(ask, consentAt);
    }
    if (plan instanceof ReplyPlan.Repeat repeat) {
      return repeat(conversation, repeat, consentAt);
    }
    return Uni.createFrom().item(new Prepared(plan, Optional.empty(), consentAt));
  }

  private Uni<Prepared> ask(ReplyPlan.Ask plan, long consentAt) {
    return replies
        .ask(plan.last(), plan.asked().messageId, plan.to())
        .invoke(() -> FaultPoint.reached("asking"))
        .map(asking -> new Prepared(plan, asking, consentAt));
  }

  private Uni<Prepared> repeat(Conversation conversation, ReplyPlan.Repeat plan, long consentAt) {
    return repeats
        .append(conversation, plan.tail(), plan.last(), plan.cut())
        .flatMap(
            repeated ->
                repeated
                    .map(
                        asked ->
                            ask(
                                new ReplyPlan.Ask(plan.elsewhere(), plan.cut(), asked, plan.to()),
                                consentAt))
                    .orElseGet(
                        () ->
                            Uni.createFrom()
                                .item(
                                    new Prepared(
                                        new ReplyPlan.GiveUp(
                                            plan.elsewhere(), plan.cut(), "The message is gone"),
                                        Optional.empty(),
                                        consentAt))));
  }

  /** Plans the replies again, since another replica may have appended a message. */
  private Uni<Void> undo(Prepared prepared) {
    return prepared
        .asking()
        .map(
            asking ->
                replies
                    .postpone(asking, Duration.ZERO, "Planned again")
                    .<Void>flatMap(
                        done ->
                            Uni.createFrom().failure(new IllegalStateException("Planned again"))))
        .orElseGet(ReplyPreparer::nothing);
  }

  private static Uni<Void> nothing() {
    return Uni.createFrom().voidItem();
  }
}
