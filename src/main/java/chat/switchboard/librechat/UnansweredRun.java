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
 * @param answer the whole answer behind them; a failed or partly stored answer is none
 */
public record UnansweredRun(List<Message> run, Optional<Message> answer) {

  private static final UnansweredRun NOTHING = new UnansweredRun(List.of(), Optional.empty());

  /**
   * @param leaf the last message on the branch that is shown
   * @param known the newest messages of the conversation
   */
  static UnansweredRun of(Optional<String> leaf, List<Message> known) {
    Map<String, Message> byId =
        known.stream()
            .collect(
                Collectors.toMap(
                    one -> one.messageId, Function.identity(), (first, same) -> first));
    Message last = leaf.map(byId::get).orElse(null);
    if (last == null || Boolean.TRUE.equals(last.createdByUser)) {
      return NOTHING;
    }
    boolean answered = isWholeAnswer(last);
    Message next = answered ? byId.get(last.parentMessageId) : last;
    List<Message> run = new ArrayList<>();
    while (next != null && (next.fromOutside() || isFailedAnswer(next))) {
      if (next.fromOutside()) {
        run.add(next);
      }
      // Each message once: a document with a wrong parent may close a circle.
      byId.remove(next.messageId);
      next = byId.get(next.parentMessageId);
    }
    return run.isEmpty()
        ? NOTHING
        : new UnansweredRun(run, Optional.of(last).filter(one -> answered));
  }

  private static boolean isWholeAnswer(Message message) {
    return !message.fromOutside() && !isFailedAnswer(message);
  }

  /** The words behind such an answer still wait for one. */
  private static boolean isFailedAnswer(Message message) {
    return !message.fromOutside()
        && !Boolean.TRUE.equals(message.createdByUser)
        && (Boolean.TRUE.equals(message.error) || Boolean.TRUE.equals(message.unfinished));
  }
}
