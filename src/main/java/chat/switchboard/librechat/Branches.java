package chat.switchboard.librechat;

import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds messages of Switchboard that are siblings of another writer's message, and a place for them
 * below that message.
 */
final class Branches {

  private Branches() {}

  /** A new place for messages. */
  record Place(String messageId, String parentMessageId, Date createdAt) {}

  /**
   * @param chain the messages that move, the first one first
   */
  record Move(List<Place> chain) {}

  /**
   * A message moves together with its descendants, so that only the message's own parent and date
   * change. LibreChat reads a thread by date and shows a message whose parent is younger as a first
   * message: if an answer below Switchboard's message is older than the new place, nothing moves.
   *
   * <p>The first messages stay if they are in line and another writer has followed them: an earlier
   * try wrote them, and a move would put them and the messages after them before the turns of that
   * writer.
   *
   * @param turns the whole thread, the oldest first
   * @param ours the ids of the messages to check
   * @return empty if the messages are in line, or if a move would break the thread below them
   */
  static Optional<Move> move(List<ThreadNode> turns, Set<String> ours) {
    List<ThreadNode> chain =
        turns.stream()
            .filter(turn -> ours.contains(turn.messageId()))
            .dropWhile(turn -> !hasSibling(turn, turns) && isFollowed(turn, turns, ours))
            .toList();
    if (chain.stream().noneMatch(turn -> hasSibling(turn, turns))) {
      return Optional.empty();
    }
    Set<String> moving = chain.stream().map(ThreadNode::messageId).collect(Collectors.toSet());
    Set<String> below = new HashSet<>(moving);
    List<ThreadNode> others = new ArrayList<>();
    for (ThreadNode turn : turns) {
      if (below.contains(turn.messageId()) || below.contains(turn.parentMessageId())) {
        below.add(turn.messageId());
      } else {
        others.add(turn);
      }
    }
    Optional<ThreadNode> leaf = ShownBranch.leaf(others);
    String parent = leaf.map(ThreadNode::messageId).orElse(Message.NO_PARENT);
    long earliest = leaf.map(turn -> turn.createdAt().getTime() + 1).orElse(0L);
    List<Place> places = new ArrayList<>();
    for (ThreadNode turn : chain) {
      long at = Math.max(turn.createdAt().getTime(), earliest);
      boolean answeredBefore =
          answers(turn, turns, moving).anyMatch(other -> other.createdAt().getTime() <= at);
      if (answeredBefore) {
        return Optional.empty();
      }
      places.add(new Place(turn.messageId(), parent, new Date(at)));
      parent = turn.messageId();
      earliest = at + 1;
    }
    return Optional.of(new Move(places));
  }

  /** Whether another writer's turn is below this turn. */
  private static boolean isFollowed(ThreadNode turn, List<ThreadNode> turns, Set<String> ours) {
    return answers(turn, turns, ours).findAny().isPresent();
  }

  /** Returns the turns directly below this turn that are not ours. */
  private static Stream<ThreadNode> answers(
      ThreadNode turn, List<ThreadNode> turns, Set<String> ours) {
    return turns.stream()
        .filter(other -> turn.messageId().equals(other.parentMessageId()))
        .filter(other -> !ours.contains(other.messageId()));
  }

  private static boolean hasSibling(ThreadNode turn, List<ThreadNode> turns) {
    return turns.stream()
        .anyMatch(
            other ->
                !other.messageId().equals(turn.messageId())
                    && other.parentMessageId() != null
                    && other.parentMessageId().equals(turn.parentMessageId()));
  }
}
