package chat.switchboard.replies;

import chat.switchboard.librechat.AgentClient;
import chat.switchboard.librechat.AgentClient.End;
import chat.switchboard.librechat.AgentClient.Start;
import chat.switchboard.librechat.AnswerReader;
import chat.switchboard.librechat.AnswerReader.Found;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.CopiedRoles;
import chat.switchboard.librechat.Generations;
import chat.switchboard.librechat.Message;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.FaultPoint;
import com.mongodb.MongoException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Tries once to get an answer: asks, follows, and reads it from the database. */
@ApplicationScoped
class AgentCall {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(300);

  /** The last frame of the stream comes just before the answer is written. */
  private static final Duration WRITTEN_BY_THEN = Duration.ofSeconds(3);

  /** So long LibreChat may be away while it generates; it may have been restarted. */
  private static final Duration AWAY = Duration.ofSeconds(10);

  private static final String FAILED = "LibreChat's answer ended in an error, or was stopped";

  private static final String REPLACED = "A turn of the owner's took the place of the answer";

  private static final String NOT_THERE =
      "LibreChat said that the answer is complete, but it is not in the database";

  private final AgentClient agent;
  private final Generations generations;
  private final AnswerReader answers;
  private final CopiedRoles copiedRoles;
  private final Replies replies;
  private final AnswersUnderWay underWay;
  private final Duration timeout;

  AgentCall(
      AgentClient agent,
      Generations generations,
      AnswerReader answers,
      CopiedRoles copiedRoles,
      Replies replies,
      AnswersUnderWay underWay,
      RepliesConfig config) {
    this.agent = agent;
    this.generations = generations;
    this.answers = answers;
    this.copiedRoles = copiedRoles;
    this.replies = replies;
    this.underWay = underWay;
    this.timeout = config.timeout();
  }

  /** Asks, unless there is an answer already, or LibreChat is generating another. */
  Uni<AgentCallResult> ask(Conversation conversation, Reply reply, Message asked) {
    return answers
        .below(conversation, asked.messageId)
        .flatMap(
            found -> {
              if (found.answer().isPresent()) {
                return item(new AgentCallResult.Answered(found.answer().get()));
              }
              // What is there already, of an earlier try, says nothing of this one.
              reply.failedAnswers = found.failed();
              return generations
                  .running(conversation)
                  .flatMap(
                      running ->
                          running
                              ? item(new AgentCallResult.Busy())
                              : copiedRoles
                                  .restoreOnce(conversation.conversationId)
                                  .chain(() -> start(conversation, reply, asked)));
            })
        .onFailure(failure -> !(failure instanceof MongoException))
        .recoverWithItem(AgentCall::unreachable);
  }

  /**
   * Goes on where a process has died, or was cut off, after it had begun to ask: LibreChat may have
   * heard of it or not.
   */
  Uni<AgentCallResult> resume(Conversation conversation, Reply reply) {
    return answers
        .below(conversation, reply.askedId)
        .flatMap(
            found ->
                found.answer().isPresent()
                    ? item(new AgentCallResult.Answered(found.answer().get()))
                    : generations
                        .running(conversation)
                        .flatMap(
                            running ->
                                running
                                    ? underWay(
                                        conversation,
                                        reply,
                                        await(conversation, reply, "It was begun before"))
                                    // Whether it was begun is not known: better once too often.
                                    : replies
                                        .begun(reply, false)
                                        .chain(
                                            () ->
                                                look(
                                                    conversation,
                                                    reply,
                                                    LOOK_AGAIN.multipliedBy(3)))
                                        .map(late -> begun(late, reply))))
        .onFailure(failure -> !(failure instanceof MongoException))
        .recoverWithItem(AgentCall::unreachable);
  }

  private static AgentCallResult begun(Found late, Reply reply) {
    return answer(late)
        .orElseGet(
            () ->
                hasFailed(late, reply)
                    ? new AgentCallResult.Again(FAILED, Optional.empty(), true, late.failed())
                    : new AgentCallResult.Open());
  }

  private static AgentCallResult unreachable(Throwable failure) {
    return new AgentCallResult.Again("LibreChat could not be asked: " + Cause.of(failure));
  }

  /** The same for every try of the same round and message, so that LibreChat answers once. */
  private static String requestId(Reply reply) {
    return "switchboard:"
        + reply.id
        + (reply.round == 0 ? "" : ":" + reply.round)
        + (Repeats.times(reply) == 0 ? "" : ":again" + Repeats.times(reply));
  }

  private Uni<AgentCallResult> start(Conversation conversation, Reply reply, Message asked) {
    return agent
        .start(conversation, asked, requestId(reply), timeout)
        .invoke(() -> FaultPoint.reached("asked"))
        .flatMap(
            start -> {
              if (start instanceof Start.Running running) {
                return underWay(
                    conversation,
                    reply,
                    agent
                        .follow(conversation, running, timeout)
                        .flatMap(end -> ended(conversation, reply, end)));
              }
              if (start instanceof Start.Replaced) {
                return replies
                    .begun(reply, false)
                    .chain(() -> over(conversation, reply, LOOK_AGAIN, REPLACED));
              }
              if (start instanceof Start.Refused refused) {
                return item(
                    refused.forGood()
                        ? new AgentCallResult.Never(refused.cause())
                        : new AgentCallResult.Again(
                            refused.cause(), refused.retryAfter(), false, List.of()));
              }
              return over(
                  conversation,
                  reply,
                  WRITTEN_BY_THEN,
                  "LibreChat was done with the question, without an answer");
            });
  }

  /** What is told of while the answer is generated. */
  private Uni<AgentCallResult> underWay(
      Conversation conversation, Reply reply, Uni<AgentCallResult> rest) {
    return replies
        .begun(reply, true)
        .invoke(() -> underWay.begun(conversation.conversationId, conversation.user))
        .chain(() -> rest)
        .onTermination()
        .invoke(() -> underWay.ended(conversation.conversationId));
  }

  private Uni<AgentCallResult> ended(Conversation conversation, Reply reply, End end) {
    if (end instanceof End.Failed failed) {
      return over(conversation, reply, LOOK_AGAIN, failed.cause());
    }
    if (end instanceof End.Lost lost) {
      return await(conversation, reply, lost.cause());
    }
    // Not another request at once: the answer may be somewhere, and would be there twice.
    return over(conversation, reply, WRITTEN_BY_THEN, NOT_THERE)
        .map(
            attempt ->
                attempt instanceof AgentCallResult.Again again && again.cause().equals(NOT_THERE)
                    ? new AgentCallResult.Again(NOT_THERE)
                    : attempt);
  }

  /** LibreChat has come to an end: there is an answer now or in a moment, or there is none. */
  private Uni<AgentCallResult> over(
      Conversation conversation, Reply reply, Duration patience, String otherwise) {
    return look(conversation, reply, patience)
        .map(
            found ->
                answer(found)
                    .orElseGet(
                        () ->
                            new AgentCallResult.Again(
                                hasFailed(found, reply) ? FAILED : otherwise,
                                Optional.empty(),
                                true,
                                found.failed())));
  }

  private static Optional<AgentCallResult> answer(Found found) {
    return found.answer().map(AgentCallResult.Answered::new);
  }

  /** Whether there is an answer that is none, and was not there before. */
  private static boolean hasFailed(Found found, Reply reply) {
    return found.failed().stream().anyMatch(id -> !reply.failedAnswers.contains(id));
  }

  /** Looks for the answer for this long, until it is there, or one that is none. */
  private Uni<Found> look(Conversation conversation, Reply reply, Duration patience) {
    long until = System.nanoTime() + patience.toNanos();
    return answers
        .below(conversation, reply.askedId)
        .repeat()
        .withDelay(LOOK_AGAIN)
        .whilst(
            found ->
                found.answer().isEmpty() && !hasFailed(found, reply) && System.nanoTime() < until)
        .collect()
        .last();
  }

  /** What was seen at one look, while nobody tells how far the answer is. */
  private record Look(Found found, Optional<Boolean> running) {}

  /** The stream is lost, but LibreChat goes on without it: looks until it is done. */
  private Uni<AgentCallResult> await(Conversation conversation, Reply reply, String cause) {
    long until = System.nanoTime() + timeout.toNanos();
    long[] lastHeard = {System.nanoTime()};
    return answers
        .below(conversation, reply.askedId)
        .flatMap(
            found ->
                generations
                    .running(conversation)
                    .map(Optional::of)
                    .onFailure()
                    .recoverWithItem(Optional.empty())
                    .map(running -> new Look(found, running)))
        .repeat()
        .withDelay(LOOK_AGAIN)
        .whilst(
            look -> {
              long now = System.nanoTime();
              if (look.running().isPresent()) {
                lastHeard[0] = now;
              }
              return look.found().answer().isEmpty()
                  && look.running().orElse(now - lastHeard[0] < AWAY.toNanos())
                  && now < until;
            })
        .collect()
        .last()
        .flatMap(
            look -> {
              if (look.found().answer().isPresent()) {
                return item(new AgentCallResult.Answered(look.found().answer().get()));
              }
              if (look.running().isEmpty()) {
                return item(
                    new AgentCallResult.Again(cause + ", and it could not be reached any more"));
              }
              return look.running().get()
                  ? item(
                      new AgentCallResult.Again(
                          "LibreChat gave no answer within " + timeout.toSeconds() + " s"))
                  : over(conversation, reply, WRITTEN_BY_THEN, cause);
            });
  }

  private static Uni<AgentCallResult> item(AgentCallResult attempt) {
    return Uni.createFrom().item(attempt);
  }
}
