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

/** Looks into the database for the answer to a question, while no stream tells how far it is. */
@ApplicationScoped
class AnswerPolling {

  /** The pause between two looks. */
  static final Duration LOOK_AGAIN = Duration.ofMillis(300);

  /** So long LibreChat may be away while it generates; it may have been restarted. */
  private static final Duration AWAY = Duration.ofSeconds(10);

  /**
   * A question that LibreChat is asked.
   *
   * @param failedBefore answers to earlier attempts that are none: they say nothing of this attempt
   */
  record Question(Conversation conversation, Reply reply, List<String> failedBefore) {

    /** Whether there is an answer that is none, and was not there before. */
    boolean hasFailed(Found found) {
      return found.failed().stream().anyMatch(id -> !failedBefore.contains(id));
    }
  }

  /**
   * The result of one look.
   *
   * @param running whether LibreChat generates; empty where LibreChat could not be reached
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

  /** Returns what LibreChat has written below this message. */
  Uni<Found> below(Conversation conversation, String messageId) {
    return answers.below(conversation, messageId);
  }

  /** Whether LibreChat generates an answer in this conversation. */
  Uni<Boolean> running(Conversation conversation) {
    return generations.running(conversation);
  }

  /** Looks for this long, until there is an answer, or one that is none. */
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

  /** Looks for this long, until there is an answer or LibreChat does not generate any more. */
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
