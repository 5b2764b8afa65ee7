package chat.switchboard.replies;

import chat.switchboard.librechat.AgentClient;
import chat.switchboard.librechat.AgentClient.End;
import chat.switchboard.librechat.AgentClient.Start;
import chat.switchboard.librechat.AnswerReader.Found;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.CopiedRoles;
import chat.switchboard.librechat.Message;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.replies.AnswerPolling.Question;
import com.mongodb.MongoException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Makes one attempt to get an answer: sends the request, follows the stream, and reads the answer
 * from the database.
 */
@ApplicationScoped
class AgentCall {

  /** The last frame of the stream arrives just before LibreChat stores the answer. */
  private static final Duration WRITTEN_BY_THEN = Duration.ofSeconds(3);

  private static final String FAILED = "LibreChat's answer ended in an error, or was stopped";

  private static final String REPLACED = "A turn of the owner replaced the answer";

  private static final String NOT_THERE =
      "LibreChat reported a complete answer, but the database does not contain the answer";

  private final AgentClient agent;
  private final AnswerPolling polling;
  private final LateConsent consent;
  private final CopiedRoles copiedRoles;
  private final Replies replies;
  private final AnswersUnderWay underWay;
  private final Duration timeout;

  AgentCall(
      AgentClient agent,
      AnswerPolling polling,
      LateConsent consent,
      CopiedRoles copiedRoles,
      Replies replies,
      AnswersUnderWay underWay,
      RepliesConfig config) {
    this.agent = agent;
    this.polling = polling;
    this.consent = consent;
    this.copiedRoles = copiedRoles;
    this.replies = replies;
    this.underWay = underWay;
    this.timeout = config.timeout();
  }

  /**
   * Sends the request, unless an answer exists, LibreChat is generating another answer, or a
   * recipient has opted out meanwhile.
   *
   * @param consentAt the monotonic time at which the read of the consent began
   */
  Uni<AgentCallResult> ask(Conversation conversation, Reply reply, Message asked, long consentAt) {
    return polling
        .below(conversation, asked.messageId)
        .flatMap(
            found -> {
              if (found.answer().isPresent()) {
                return item(new AgentCallResult.Answered(found.answer().get()));
              }
              Question question = new Question(conversation, reply, found.failed());
              return polling
                  .running(conversation)
                  .flatMap(
                      running ->
                          running
                              ? item(new AgentCallResult.Busy())
                              : copiedRoles
                                  .restoreOnce(conversation.conversationId)
                                  .chain(() -> consent.check(reply, consentAt))
                                  .flatMap(
                                      instead ->
                                          instead.isPresent()
                                              ? item(instead.get())
                                              : start(question, asked)));
            })
        .onFailure(failure -> !(failure instanceof MongoException))
        .recoverWithItem(AgentCall::unreachable);
  }

  /**
   * Continues after a process died or was interrupted during its request: LibreChat may or may not
   * have received the request.
   */
  Uni<AgentCallResult> resume(Conversation conversation, Reply reply) {
    Question question = new Question(conversation, reply, reply.failedAnswers);
    return polling
        .below(conversation, reply.askedId)
        .flatMap(
            found ->
                found.answer().isPresent()
                    ? item(new AgentCallResult.Answered(found.answer().get()))
                    : polling
                        .running(conversation)
                        .flatMap(
                            running ->
                                running
                                    ? underWay(
                                        question,
                                        await(
                                            question, "An earlier process began " + "the request"))
                                    // Whether LibreChat began to answer is unknown: the begin is
                                    // recorded in doubt.
                                    : replies
                                        .begun(reply, false)
                                        .chain(
                                            () ->
                                                polling.untilAnswered(
                                                    question,
                                                    AnswerPolling.LOOK_AGAIN.multipliedBy(3)))
                                        .map(late -> begun(late, question))))
        .onFailure(failure -> !(failure instanceof MongoException))
        .recoverWithItem(AgentCall::unreachable);
  }

  private static AgentCallResult begun(Found late, Question question) {
    return answer(late)
        .orElseGet(
            () ->
                question.hasFailed(late)
                    ? new AgentCallResult.Again(FAILED, Optional.empty(), true, late.failed())
                    : new AgentCallResult.Open());
  }

  private static AgentCallResult unreachable(Throwable failure) {
    return new AgentCallResult.Again(
        "The status of LibreChat could not be read: " + Cause.of(failure));
  }

  /**
   * Returns the same id for every try of the same round and message, so that LibreChat answers
   * once.
   */
  private static String requestId(Reply reply) {
    return "switchboard:"
        + reply.id
        + (reply.round == 0 ? "" : ":" + reply.round)
        + (Repeats.times(reply) == 0 ? "" : ":again" + Repeats.times(reply));
  }

  private Uni<AgentCallResult> start(Question question, Message asked) {
    Conversation conversation = question.conversation();
    return agent
        .start(conversation, asked, requestId(question.reply()), timeout)
        .invoke(() -> FaultPoint.reached("asked"))
        .flatMap(
            start -> {
              if (start instanceof Start.Running running) {
                return underWay(
                    question,
                    agent
                        .follow(conversation, running, timeout)
                        .flatMap(end -> ended(question, end)));
              }
              if (start instanceof Start.Replaced) {
                return replies
                    .begun(question.reply(), false)
                    .chain(() -> over(question, AnswerPolling.LOOK_AGAIN, REPLACED));
              }
              if (start instanceof Start.NoResponse lost) {
                // Whether LibreChat began to answer is unknown: the begin is recorded in doubt.
                return replies
                    .begun(question.reply(), false)
                    .replaceWith(new AgentCallResult.Again(lost.cause()));
              }
              if (start instanceof Start.Refused refused) {
                return item(
                    refused.forGood()
                        ? new AgentCallResult.Never(refused.cause())
                        : new AgentCallResult.Again(
                            refused.cause(), refused.retryAfter(), false, List.of()));
              }
              return over(
                  question, WRITTEN_BY_THEN, "LibreChat finished the question without an answer");
            });
  }

  /** The part of the call during which LibreChat generates the answer, which clients are told. */
  private Uni<AgentCallResult> underWay(Question question, Uni<AgentCallResult> rest) {
    Conversation conversation = question.conversation();
    return replies
        .begun(question.reply(), true)
        .invoke(() -> underWay.begun(conversation.conversationId, conversation.user))
        .chain(() -> rest)
        .onTermination()
        .invoke(() -> underWay.ended(conversation.conversationId));
  }

  private Uni<AgentCallResult> ended(Question question, End end) {
    if (end instanceof End.Failed failed) {
      return over(question, AnswerPolling.LOOK_AGAIN, failed.cause());
    }
    if (end instanceof End.Lost lost) {
      return await(question, lost.cause());
    }
    // No other request at once: the answer may still be stored, and a second answer would follow.
    return over(question, WRITTEN_BY_THEN, NOT_THERE)
        .map(
            attempt ->
                attempt instanceof AgentCallResult.Again again && again.cause().equals(NOT_THERE)
                    ? new AgentCallResult.Again(NOT_THERE)
                    : attempt);
  }

  /**
   * LibreChat has finished: the database contains the answer now or in a moment, or there is none.
   */
  private Uni<AgentCallResult> over(Question question, Duration patience, String otherwise) {
    return polling
        .untilAnswered(question, patience)
        .map(
            found ->
                answer(found)
                    .orElseGet(
                        () ->
                            new AgentCallResult.Again(
                                question.hasFailed(found) ? FAILED : otherwise,
                                Optional.empty(),
                                true,
                                found.failed())));
  }

  private static Optional<AgentCallResult> answer(Found found) {
    return found.answer().map(AgentCallResult.Answered::new);
  }

  /** The stream is lost, but LibreChat goes on without it: looks until LibreChat is done. */
  private Uni<AgentCallResult> await(Question question, String cause) {
    return polling
        .untilDone(question, timeout)
        .flatMap(
            look -> {
              if (look.found().answer().isPresent()) {
                return item(new AgentCallResult.Answered(look.found().answer().get()));
              }
              if (look.running().isEmpty()) {
                return item(
                    new AgentCallResult.Again(
                        cause + ", and LibreChat could not be reached any " + "more"));
              }
              return look.running().get()
                  ? item(
                      new AgentCallResult.Again(
                          "LibreChat gave no answer within " + timeout.toSeconds() + " s"))
                  : over(question, WRITTEN_BY_THEN, cause);
            });
  }

  private static Uni<AgentCallResult> item(AgentCallResult attempt) {
    return Uni.createFrom().item(attempt);
  }
}
