package chat.switchboard.librechat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the branch of a thread that LibreChat's page shows: from the first message on, always the
 * newest of several answers to the same message. A partly stored answer ({@code unfinished: true})
 * is on the branch like any other: LibreChat completes the answer under the same id, and a message
 * beside the answer would hide it (LibreChat main, August 2026).
 */
final class ShownBranch {

  private ShownBranch() {}

  /**
   * @param turns all messages of the thread, the oldest first
   * @return the last message on the branch that is shown
   */
  static Optional<ThreadNode> leaf(List<ThreadNode> turns) {
    List<ThreadNode> shown = of(turns);
    return shown.isEmpty() ? Optional.empty() : Optional.of(shown.get(shown.size() - 1));
  }

  /**
   * @param turns all messages of the thread, the oldest first
   * @return the branch that is shown, from the first message on
   */
  static List<ThreadNode> of(List<ThreadNode> turns) {
    Set<String> known = new HashSet<>();
    Map<String, ThreadNode> newestChild = new HashMap<>();
    ThreadNode root = null;
    for (ThreadNode turn : turns) {
      // LibreChat shows a message as a first message if no earlier message is its parent.
      if (turn.parentMessageId() != null && known.contains(turn.parentMessageId())) {
        newestChild.put(turn.parentMessageId(), turn);
      } else {
        root = turn;
      }
      known.add(turn.messageId());
    }
    List<ThreadNode> shown = new ArrayList<>();
    for (ThreadNode turn = root; turn != null; turn = newestChild.get(turn.messageId())) {
      shown.add(turn);
    }
    return shown;
  }

  /**
   * Whether each of these messages, the newest first, is a child of the next message: then the
   * newest is the last of its branch, and none of them is hidden.
   */
  static boolean isOneLine(List<ThreadNode> newestFirst) {
    for (int i = 0; i + 1 < newestFirst.size(); i++) {
      if (!newestFirst.get(i + 1).messageId().equals(newestFirst.get(i).parentMessageId())) {
        return false;
      }
    }
    return true;
  }
}
