package chat.switchboard.replies;

import chat.switchboard.librechat.AnswerReader;
import chat.switchboard.librechat.AnswerReader.Found;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Generations;
import chat.switchboard.ops.Timers;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Polls the database for the answer to a question while no stream reports progress. */
@ApplicationScoped
class AnswerPolling {

  /** The pause between two reads. */
  static final Duration LOOK_AGAIN = Duration.ofMillis(300);

  /** How long LibreChat may be unreachable during a generation, such as for a restart. */
  private static final Duration AWAY = Duration.ofSeconds(10);

  /**
   * A question to LibreChat.
   *
   * @param failedBefore failed answers to earlier attempts, which do not count for this attempt
   */
  record Question(Conversation conversation, Reply reply, List<String> failedBefore) {

    /** Whether this attempt has produced a failed answer. */
    boolean hasFailed(Found found) {
      return found.failed().stream().anyMatch(id -> !failedBefore.contains(id));
    }
  }

  /**
   * The result of one read.
   *
   * @param running whether LibreChat is generating; empty if LibreChat is unreachable
   */
  record Look(Found found, Optional<Boolean> running) {}

  private final AnswerReader answers;
  private final Generations generations;
  private final Timers timers;

  AnswerPolling(AnswerReader answers, Generations generations, Timers timers) {
    this.answers = answers;
    this.generations = generations;
    this.timers = timers;
  }

  /** Returns the answers that LibreChat has stored below this message. */
  Uni<Found> below(Conversation conversation, String messageId) {
    return answers.below(conversation, messageId);
  }

  /** Whether LibreChat generates an answer in this conversation. */
  Uni<Boolean> running(Conversation conversation) {
    return generations.running(conversation);
  }

  /** Polls until there is an answer or a failed answer, at most for this time. */
  Uni<Found> untilAnswered(Question question, Duration patience) {
    long begun = timers.nanoTime();
    return below(question)
        .repeat()
        .withDelay(LOOK_AGAIN)
        .whilst(
            found ->
                found.answer().isEmpty()
                    && !question.hasFailed(found)
                    && timers.nanoTime() - begun < patience.toNanos())
        .collect()
        .last();
  }

  /** Polls until there is an answer or LibreChat stops generating, at most for this time. */
  Uni<Look> untilDone(Question question, Duration patience) {
    long begun = timers.nanoTime();
    long[] lastHeard = {begun};
    return below(question)
        .flatMap(found -> look(question, found))
        .repeat()
        .withDelay(LOOK_AGAIN)
        .whilst(
            look -> {
              long now = timers.nanoTime();
              if (look.running().isPresent()) {
                lastHeard[0] = now;
              }
              return look.found().answer().isEmpty()
                  && look.running().orElse(now - lastHeard[0] < AWAY.toNanos())
                  && now - begun < patience.toNanos();
            })
        .collect()
        .last();
  }

  private Uni<Look> look(Question question, Found found) {
    return generations
        .running(question.conversation())
        .map(Optional::of)
        .onFailure()
        .recoverWithItem(Optional.empty())
        .map(running -> new Look(found, running));
  }

  private Uni<Found> below(Question question) {
    return answers.below(question.conversation(), question.reply().askedId);
  }
}
