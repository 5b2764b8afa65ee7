package chat.switchboard.replies;

import chat.switchboard.librechat.AnswerReader;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Generations;
import chat.switchboard.librechat.ThreadEnd;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** Reads where the questions of the open replies are in their conversation. */
@ApplicationScoped
class SituationReader {

  private final Generations generations;
  private final AnswerReader answers;
  private final Repeats repeats;

  SituationReader(Generations generations, AnswerReader answers, Repeats repeats) {
    this.generations = generations;
    this.answers = answers;
    this.repeats = repeats;
  }

  /**
   * Reads the situation.
   *
   * @return empty while LibreChat generates an answer in this conversation
   */
  Uni<Optional<ReplySituation>> read(Conversation conversation, List<Reply> open) {
    return generations
        .idleEnd(conversation)
        .map(Generations.IdleEnd::tail)
        .flatMap(
            idle ->
                idle.map(tail -> read(conversation, open, tail).map(Optional::of))
                    .orElseGet(() -> Uni.createFrom().item(Optional.empty())));
  }

  private Uni<ReplySituation> read(Conversation conversation, List<Reply> open, ThreadEnd tail) {
    return answers
        .openEnd(conversation, tail)
        .map(end -> ReplySituation.of(tail, end, open))
        .flatMap(
            situation ->
                repeats.cutOff(conversation, situation.elsewhere()).map(situation::withCutOff));
  }
}
