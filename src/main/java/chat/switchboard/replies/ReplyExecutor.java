package chat.switchboard.replies;

import chat.switchboard.librechat.AnswerReader;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Message;
import chat.switchboard.outbound.TypingIndicator;
import chat.switchboard.replies.ReplyPreparer.Prepared;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Carries out the plan for the open replies of a conversation, without the lease. */
@ApplicationScoped
class ReplyExecutor {

  private final AgentCall agent;
  private final AnswerReader answers;
  private final ReplyPolicy policy;
  private final Replies replies;
  private final ReplyOutcomes outcomes;
  private final TypingIndicator typing;

  ReplyExecutor(
      AgentCall agent,
      AnswerReader answers,
      ReplyPolicy policy,
      Replies replies,
      ReplyOutcomes outcomes,
      TypingIndicator typing) {
    this.agent = agent;
    this.answers = answers;
    this.policy = policy;
    this.replies = replies;
    this.outcomes = outcomes;
    this.typing = typing;
  }

  /** Resumes a reply whose request any replica has sent to LibreChat. */
  Uni<Boolean> resume(Conversation conversation, Reply asking) {
    return agent.resume(conversation, asking).flatMap(result -> outcomes.after(asking, result));
  }

  /** Ends the replies of a conversation that the owner has deleted. */
  Uni<Boolean> conversationDeleted(List<Reply> open) {
    return outcomes.skip(open, "The conversation was deleted");
  }

  /** Carries out the plan; returns whether more work may be due now. */
  Uni<Boolean> carryOut(Conversation conversation, Prepared prepared) {
    return Multi.createFrom()
        .iterable(prepared.plan().elsewhere())
        .onItem()
        .transformToUniAndConcatenate(reply -> settle(conversation, reply))
        .collect()
        .asList()
        .flatMap(settled -> atTheEnd(conversation, prepared));
  }

  /**
   * Delivers the answer to the question of this reply; without an answer the reply is skipped,
   * since the conversation has gone on.
   */
  private Uni<Boolean> settle(Conversation conversation, Reply reply) {
    return answers
        .below(conversation, reply.asked())
        .flatMap(
            found ->
                found
                    .answer()
                    .map(answer -> outcomes.answered(reply, answer))
                    .orElseGet(
                        () ->
                            outcomes.skip(
                                List.of(reply),
                                "The conversation has gone on without an answer to this")));
  }

  private Uni<Boolean> atTheEnd(Conversation conversation, Prepared prepared) {
    ReplyPlan plan = prepared.plan();
    if (plan instanceof ReplyPlan.Ask ask) {
      return prepared
          .asking()
          .map(asking -> ask(conversation, ask, asking, prepared.consentAt()))
          // An operator has dropped the reply: the next plan contains the other replies only.
          .orElseGet(() -> Uni.createFrom().item(true));
    }
    if (plan instanceof ReplyPlan.Deliver deliver) {
      return deliver(deliver.here(), deliver.answer());
    }
    if (plan instanceof ReplyPlan.StaySilent silent) {
      return outcomes.skip(
          silent.here(),
          "The message came from a service number, or from a person who has opted out");
    }
    if (plan instanceof ReplyPlan.Busy busy) {
      return outcomes.busy(busy.last());
    }
    if (plan instanceof ReplyPlan.Postpone postponed) {
      return outcomes.postpone(postponed.cut(), "The owner's turn is not answered yet");
    }
    if (plan instanceof ReplyPlan.GiveUp given) {
      return outcomes.bury(given.cut(), given.cause());
    }
    return Uni.createFrom().item(false);
  }

  private Uni<Boolean> deliver(List<Reply> here, Message answer) {
    Reply last = here.get(here.size() - 1);
    List<Reply> others = new ArrayList<>(here);
    others.remove(last);
    return replies
        .onlyTo(last, Recipient.ofEach(here))
        .flatMap(
            toAll ->
                toAll
                    .map(
                        reply ->
                            replies
                                .cover(others, reply)
                                .chain(() -> outcomes.answered(reply, answer)))
                    .orElseGet(() -> Uni.createFrom().item(true)));
  }

  private Uni<Boolean> ask(
      Conversation conversation, ReplyPlan.Ask plan, Reply asking, long consentAt) {
    return replies
        .cover(plan.others(), asking)
        .chain(() -> withinLimit(asking))
        .flatMap(
            within ->
                within
                    .map(
                        reply -> {
                          showTyping(plan.asked());
                          return agent
                              .ask(conversation, reply, plan.asked(), consentAt)
                              .flatMap(result -> outcomes.after(reply, result));
                        })
                    .orElseGet(() -> Uni.createFrom().item(true)));
  }

  /** The writer of the last text sees that an answer is on its way. */
  private void showTyping(Message asked) {
    Recipient.of(asked)
        .filter(phone -> asked.metadata.get("messageSid") instanceof String)
        .ifPresent(phone -> typing.show(phone.to(), asked.metadata.getString("messageSid")));
  }

  /** The limit ends an exchange between two programs that answer each other. */
  private Uni<Optional<Reply>> withinLimit(Reply asking) {
    List<Recipient> phones = Recipient.ofEach(List.of(asking));
    return policy
        .notTooOften(phones)
        .flatMap(
            few -> {
              if (few.size() == phones.size()) {
                return Uni.createFrom().item(Optional.of(asking));
              }
              return few.isEmpty()
                  ? outcomes
                      .skip(List.of(asking), "Too many automatic answers to this sender")
                      .replaceWith(Optional.empty())
                  : replies.onlyTo(asking, few);
            });
  }
}
