package chat.switchboard.librechat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds messages of Switchboard that are siblings of another writer's message, and a place for them
 * on the branch that the page shows: before the first message from outside that was written later,
 * so that each sender's messages stay in their order, or else at the end.
 */
final class Branches {

  private Branches() {}

  /**
   * A new place for a message.
   *
   * @param writtenAt the first date of the message
   */
  record Place(String messageId, String parentMessageId, Date createdAt, Date writtenAt) {

    static Place of(ThreadNode turn) {
      return new Place(
          turn.messageId(), turn.parentMessageId(), turn.createdAt(), turn.writtenAt());
    }
  }

  /**
   * @param chain the messages that move, the first one first
   * @param behind the messages before which others are put: these keep their date
   */
  record Move(List<Place> chain, List<Place> behind) {}

  /**
   * A message moves together with its descendants, so that only the message's own parent and date
   * change. LibreChat reads a thread by date and shows a message whose parent is younger as a first
   * message: if an answer below Switchboard's message is older than the new place, nothing moves.
   *
   * <p>The first messages stay if they are in line and another writer's turn is anywhere below
   * them: an earlier try wrote them, and a move would put them and the messages after them before
   * the turns of that writer. A message below another writer's turn that is itself below a moving
   * message moves with that turn, and keeps its place below it.
   *
   * <p>Messages from outside that are in line below a moving message move after it, also those that
   * only another replica checks: that replica finds them in line, and they would be older than the
   * new place of the message above.
   *
   * @param turns the whole thread, the oldest first
   * @param ours the ids of the messages to check
   * @return empty if the messages are in line, or if a move would break the thread below them
   */
  static Optional<Move> move(List<ThreadNode> turns, Set<String> ours) {
    List<ThreadNode> checked =
        turns.stream()
            .filter(turn -> ours.contains(turn.messageId()))
            .dropWhile(turn -> !hasSibling(turn, turns) && isAboveOthers(turn, turns, ours))
            .toList();
    List<ThreadNode> chain = chainOf(checked, turns);
    if (chain.stream().noneMatch(turn -> checked.contains(turn) && hasSibling(turn, turns))) {
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
    return betweenLaterMessages(chain, others, turns, moving)
        .or(() -> atEnd(chain, others, turns, moving));
  }

  /**
   * Leaves out each message below another writer's turn that is below an earlier message, and adds
   * the messages from outside below the others.
   */
  private static List<ThreadNode> chainOf(List<ThreadNode> checked, List<ThreadNode> turns) {
    Set<String> moving = new HashSet<>();
    Set<String> carried = new HashSet<>();
    List<ThreadNode> chain = new ArrayList<>();
    for (ThreadNode turn : turns) {
      boolean follows = moving.contains(turn.parentMessageId());
      boolean moves = checked.contains(turn) || (follows && turn.external());
      if (carried.contains(turn.parentMessageId()) || (follows && !moves)) {
        carried.add(turn.messageId());
      } else if (moves) {
        moving.add(turn.messageId());
        chain.add(turn);
      }
    }
    return chain;
  }

  private static Optional<Move> atEnd(
      List<ThreadNode> chain, List<ThreadNode> others, List<ThreadNode> turns, Set<String> moving) {
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
      places.add(Place.of(turn.at(parent, new Date(at))));
      parent = turn.messageId();
      earliest = at + 1;
    }
    return Optional.of(new Move(places, List.of()));
  }

  /**
   * Another replica, or a later round, may have appended later messages to the shown branch before
   * this check.
   *
   * @return empty if the shown branch has no later message from outside, or if the page would not
   *     show the messages there
   */
  private static Optional<Move> betweenLaterMessages(
      List<ThreadNode> chain, List<ThreadNode> others, List<ThreadNode> turns, Set<String> moving) {
    if (chain.stream().anyMatch(turn -> isFollowed(turn, turns, moving))) {
      return Optional.empty();
    }
    List<ThreadNode> shown = ShownBranch.of(others);
    List<ThreadNode> wanted = merged(chain, shown);
    int end = wanted.size();
    while (end > 0 && moving.contains(wanted.get(end - 1).messageId())) {
      end--;
    }
    if (end == shown.size()) {
      return Optional.empty();
    }
    List<ThreadNode> placed = placed(wanted, moving, end);
    return isShown(placed, others, moving)
        ? Optional.of(move(placed, wanted, moving))
        : Optional.empty();
  }

  /** Each message that moves comes before the first message from outside that was written later. */
  private static List<ThreadNode> merged(List<ThreadNode> chain, List<ThreadNode> shown) {
    List<ThreadNode> merged = new ArrayList<>();
    int next = 0;
    for (ThreadNode turn : chain) {
      int place = next;
      while (place < shown.size() && !isLater(shown.get(place), turn)) {
        place++;
      }
      merged.addAll(shown.subList(next, place));
      merged.add(turn);
      next = place;
    }
    merged.addAll(shown.subList(next, shown.size()));
    return merged;
  }

  private static boolean isLater(ThreadNode shown, ThreadNode turn) {
    return shown.external() && shown.writtenAt().after(turn.writtenAt());
  }

  /**
   * @param end the index after the last message that does not move
   */
  private static List<ThreadNode> placed(List<ThreadNode> wanted, Set<String> moving, int end) {
    long[] dates = wanted.stream().mapToLong(turn -> turn.createdAt().getTime()).toArray();
    for (int i = end - 2; i >= 0; i--) {
      // As late as possible: the parent may have older children, which stay hidden.
      if (moving.contains(wanted.get(i).messageId())) {
        dates[i] = dates[i + 1] - 1;
      }
    }
    for (int i = end; i < dates.length; i++) {
      dates[i] = Math.max(dates[i], dates[i - 1] + 1);
    }
    List<ThreadNode> placed = new ArrayList<>();
    String parent = Message.NO_PARENT;
    for (int i = 0; i < dates.length; i++) {
      ThreadNode turn = wanted.get(i);
      boolean stays =
          !moving.contains(turn.messageId())
              && (i == 0 || !moving.contains(wanted.get(i - 1).messageId()));
      placed.add(stays ? turn : turn.at(parent, new Date(dates[i])));
      parent = turn.messageId();
    }
    return placed;
  }

  /** Whether the page shows this branch, whatever the order of messages of one millisecond is. */
  private static boolean isShown(
      List<ThreadNode> placed, List<ThreadNode> others, Set<String> moving) {
    Set<String> ids = placed.stream().map(ThreadNode::messageId).collect(Collectors.toSet());
    List<ThreadNode> thread =
        Stream.concat(
                placed.stream().filter(turn -> moving.contains(turn.messageId())),
                Stream.concat(
                    others.stream().filter(turn -> !ids.contains(turn.messageId())),
                    placed.stream().filter(turn -> !moving.contains(turn.messageId()))))
            .sorted(Comparator.comparing(ThreadNode::createdAt))
            .toList();
    return ShownBranch.of(thread).equals(placed);
  }

  private static Move move(List<ThreadNode> placed, List<ThreadNode> wanted, Set<String> moving) {
    List<Place> chain = new ArrayList<>();
    List<Place> behind = new ArrayList<>();
    for (ThreadNode turn : placed) {
      if (moving.contains(turn.messageId())) {
        chain.add(Place.of(turn));
      } else if (!wanted.contains(turn)) {
        behind.add(Place.of(turn));
      }
    }
    return new Move(chain, behind);
  }

  /** Whether another writer's turn is below this turn, directly or below turns of ours. */
  private static boolean isAboveOthers(ThreadNode above, List<ThreadNode> turns, Set<String> ours) {
    Set<String> below = new HashSet<>(Set.of(above.messageId()));
    for (ThreadNode turn : turns) {
      if (turn.parentMessageId() != null && below.contains(turn.parentMessageId())) {
        if (!ours.contains(turn.messageId())) {
          return true;
        }
        below.add(turn.messageId());
      }
    }
    return false;
  }

  /** Whether another writer's turn is directly below this turn. */
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
