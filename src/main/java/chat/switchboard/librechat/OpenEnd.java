package chat.switchboard.librechat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The messages from outside at the end of the branch that the page shows: what an answer would be
 * an answer to.
 *
 * @param run the newest first; empty where the owner has gone on by hand
 * @param answer what stands behind them already; a failed answer is none
 */
public record OpenEnd(List<Message> run, Optional<Message> answer) {

  private static final OpenEnd NOTHING = new OpenEnd(List.of(), Optional.empty());

  /**
   * @param leaf the last finished message on the branch that is shown
   * @param known the newest messages of the conversation
   */
  static OpenEnd of(Optional<String> leaf, List<Message> known) {
    Map<String, Message> byId =
        known.stream()
            .collect(
                Collectors.toMap(
                    one -> one.messageId, Function.identity(), (first, same) -> first));
    Message last = leaf.map(byId::get).orElse(null);
    if (last == null || Boolean.TRUE.equals(last.createdByUser)) {
      return NOTHING;
    }
    boolean answered = !last.fromOutside();
    Message next = answered ? byId.get(last.parentMessageId) : last;
    List<Message> run = new ArrayList<>();
    while (next != null && next.fromOutside()) {
      run.add(next);
      next = byId.get(next.parentMessageId);
    }
    return run.isEmpty()
        ? NOTHING
        : new OpenEnd(
            run, Optional.of(last).filter(one -> answered && !Boolean.TRUE.equals(one.error)));
  }
}
