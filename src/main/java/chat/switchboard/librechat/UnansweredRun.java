package chat.switchboard.librechat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The messages from outside at the end of the shown branch: the messages that an answer would
 * answer.
 *
 * @param run the newest first; empty if the owner has continued the conversation
 * @param answer the complete answer below these messages; a failed or partly stored answer does not
 *     count
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
      // Visits each message once: documents with wrong parents may form a cycle.
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

  /** The messages above such an answer are still unanswered. */
  private static boolean isFailedAnswer(Message message) {
    return !message.fromOutside()
        && !Boolean.TRUE.equals(message.createdByUser)
        && (Boolean.TRUE.equals(message.error) || Boolean.TRUE.equals(message.unfinished));
  }
}
