package chat.switchboard.librechat;

import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
   * @param turns the whole thread, the oldest first
   * @param ours the ids of the messages to check
   * @return empty if the messages are in line, or if a move would break the thread below them
   */
  static Optional<Move> move(List<ThreadNode> turns, Set<String> ours) {
    List<ThreadNode> chain =
        turns.stream().filter(turn -> ours.contains(turn.messageId())).toList();
    if (chain.stream().noneMatch(turn -> hasSibling(turn, turns))) {
      return Optional.empty();
    }
    Set<String> below = new HashSet<>(ours);
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
          turns.stream()
              .filter(other -> turn.messageId().equals(other.parentMessageId()))
              .filter(other -> !ours.contains(other.messageId()))
              .anyMatch(other -> other.createdAt().getTime() <= at);
      if (answeredBefore) {
        return Optional.empty();
      }
      places.add(new Place(turn.messageId(), parent, new Date(at)));
      parent = turn.messageId();
      earliest = at + 1;
    }
    return Optional.of(new Move(places));
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
