package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
@net.jqwik.api.Tag("unit")
class ShownBranchTest {

  private static final String NO_PARENT = Message.NO_PARENT;

  @Test
  void the_newest_of_two_answers_is_the_one_that_is_shown() {
    List<ThreadNode> turns =
        List.of(
            turn("q", NO_PARENT, 1), turn("a1", "q", 2), turn("a2", "q", 3), turn("b1", "a1", 4));
    // b1 is the newest of all, but it hangs on the answer that is hidden.
    assertThat(ShownBranch.leaf(turns)).map(ThreadNode::messageId).contains("a2");
  }

  @Test
  void an_empty_thread_has_no_end() {
    assertThat(ShownBranch.leaf(List.of())).isEmpty();
  }

  @Property
  void in_one_line_the_end_is_the_newest(@ForAll @IntRange(min = 1, max = 60) int length) {
    List<ThreadNode> line = line(length);
    assertThat(ShownBranch.leaf(line)).contains(line.get(length - 1));
    Collections.reverse(line);
    assertThat(ShownBranch.isOneLine(line)).isTrue();
  }

  @Property
  void whatever_is_appended_to_the_end_is_the_end_of_any_thread(
      @ForAll @IntRange(min = 1, max = 60) int length, @ForAll long seed) {
    List<ThreadNode> thread = thread(length, new Random(seed));
    ThreadNode end = ShownBranch.leaf(thread).orElseThrow();
    ThreadNode next = turn("next", end.messageId(), length + 1);
    thread.add(next);
    assertThat(ShownBranch.leaf(thread)).contains(next);
  }

  @Property
  void the_end_has_no_child_and_no_younger_sibling_on_its_way(
      @ForAll @IntRange(min = 1, max = 60) int length, @ForAll long seed) {
    List<ThreadNode> thread = thread(length, new Random(seed));
    ThreadNode turn = ShownBranch.leaf(thread).orElseThrow();
    assertThat(children(thread, turn.messageId())).isEmpty();
    while (!turn.parentMessageId().equals(NO_PARENT)) {
      List<ThreadNode> siblings = children(thread, turn.parentMessageId());
      assertThat(siblings.get(siblings.size() - 1)).isEqualTo(turn);
      String parent = turn.parentMessageId();
      turn =
          thread.stream().filter(one -> one.messageId().equals(parent)).findFirst().orElseThrow();
    }
  }

  private static List<ThreadNode> children(List<ThreadNode> thread, String parent) {
    return thread.stream().filter(one -> one.parentMessageId().equals(parent)).toList();
  }

  private static List<ThreadNode> line(int length) {
    List<ThreadNode> line = new ArrayList<>();
    String parent = NO_PARENT;
    for (int i = 0; i < length; i++) {
      line.add(turn("m" + i, parent, i));
      parent = "m" + i;
    }
    return line;
  }

  private static List<ThreadNode> thread(int length, Random random) {
    List<ThreadNode> thread = new ArrayList<>();
    thread.add(turn("m0", NO_PARENT, 0));
    for (int i = 1; i < length; i++) {
      thread.add(turn("m" + i, "m" + random.nextInt(i), i));
    }
    return thread;
  }

  private static ThreadNode turn(String id, String parent, long at) {
    return new ThreadNode(id, parent, new Date(at), new Date(at), false, false, new Date(at));
  }
}
