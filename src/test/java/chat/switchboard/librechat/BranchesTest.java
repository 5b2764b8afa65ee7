package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class BranchesTest {

  /**
   * Each message as {@code id<parent@time}, with the first date of a moved message after {@code !};
   * those that begin with x or y are from outside, and those that begin with x are checked.
   */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    // In line: nothing moves.
    "q<0@1 a<q@2 x<a@3, ''",
    "q<0@1 a<q@2 x<a@3 x2<x@4, ''",
    // Beside an answer that was stored before or after it.
    "q<0@1 a<q@2 x<q@3, x<a@3",
    "q<0@1 x<q@2 a<q@5, x<a@6",
    "q<0@1 x<q@2 x2<x@3 a<q@5, x<a@6 x2<x@7",
    // A message below a message from outside moves with that message if it stays younger.
    "q<0@1 x<q@2 a<q@3 b<x@9, x<a@4",
    "q<0@1 x<q@2 b<x@3 a<q@5, ''",
    // The newest branch counts.
    "q<0@1 a<q@2 x<q@3 a2<q@4 u<a2@5, x<u@6",
    // Another writer has followed the first message, which an earlier try wrote: only the rest
    // moves.
    "q<0@1 x<q@2 q2<x@3 x2<q2@4 a<q2@5, x2<a@6",
    "q<0@1 x<q@2 q2<x@3 x2<q2@4 x3<x2@5 a<q2@6, x2<a@7 x3<x2@8",
    // Another writer's turns are further below.
    "q<0@1 x<q@2 x2<x@3 q2<x2@4 x3<q2@5 x4<x3@6 a<q2@7, x3<a@8 x4<x3@9",
    "x<0@1 x2<x@2 x3<x2@3 q<x2@4 a<q@5 x4<a@6, x3<a@6 x4<x3@7",
    "q<0@1 x<q@2 x2<x@3 x3<x2@4 q2<x2@5 a<q2@6 x4<a@8, x3<a@7 x4<x3@8",
    // Another writer's turn is between two messages: the second one moves with that turn.
    "q<0@1 s<q@2 x<q@3 q2<x@5 a<q2@6 x2<a@7, x<s@3",
    "q<0@1 x<q@2 q2<q@3 a<q2@5 x2<a@6 q3<x2@9 a3<q3@10 x3<a3@11, x<a@6 x2<x@7",
    // Ours alone follow the first message, which moves with them.
    "q<0@1 x<q@2 x2<x@3 a<q@4, x<a@5 x2<x@6",
    // Another replica's messages are in line below the first message: they move after it.
    "q<0@1 x<q@2 y<x@3 a<q@5, x<a@6 y<x@7",
    "q<0@1 x<q@2 y<x@3 x2<y@4 y2<x2@5 a<q@6, x<a@7 y<x@8 x2<y@9 y2<x2@10",
    "q<0@1 x<q@2 y<x@3 a<q@5 y2<a@9, x<a@7 y<x@8 y2<y@9",
    // That replica checks them too, and finds them in line.
    "q<0@1 y<q@2 x<y@3 a<q@5, ''",
    "q<0@1 s<q@2 x<s@3 q2<q@4 x2<q2@5 y<x2@6 y2<x2@7, ''",
    // Gone meanwhile.
    "q<0@1 a<q@2, ''"
  })
  void switchboards_messages_move_below_another_writers_sibling(String thread, String moved) {
    assertThat(moved(thread)).isEqualTo(moved);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "q<0@1 x<q@2 q2<q@3 a<q2@5 y<a@9, x<a@8 y<x@9",
    "q<0@1 x<q@2 x2<x@3 q2<q@4 a<q2@5 y<a@9, x<a@7 x2<x@8 y<x2@9",
    // The owner has gone on below the later message.
    "q<0@1 x<q@2 q2<q@3 a<q2@5 y<a@9 q3<y@10 a3<q3@11, x<a@8 y<x@9",
    // Both are first messages.
    "x<0@1 y<0@3, x<0@2 y<x@3",
    // Some later messages are later than the second message too, others are not.
    "q<0@1 x<q@2 q2<q@3 y<q2@9 x2<x@10 y2<y@12, x<q2@8 x2<y@11 y<x@9 y2<x2@12",
    "q<0@1 x<q@2 q2<q@3 y<q2@9 x2<x@10, x<q2@8 x2<y@10 y<x@9",
    // The first dates of moved messages count.
    "q<0@1 x<q@4 q2<q@5 a<q2@6 y<a@9!3, x<y@10",
    "q<0@1 x<q@4!2 q2<q@5 a<q2@6 y<a@9!3, x<a@8 y<x@9",
    // The parent of the later message has another branch, which is older and stays hidden.
    "q<0@1 x<q@2 q2<q@3 a<q2@5 b<a@7 y<a@9, x<a@8 y<x@9"
  })
  void a_message_moves_before_the_later_messages_from_outside(String thread, String moved) {
    assertThat(moved(thread)).isEqualTo(moved);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    // No millisecond is between the later message and its parent.
    "q<0@1 x<q@2 q2<q@3 a<q2@8 y<a@9, x<y@10",
    // The page would show the other branch.
    "q<0@1 x<q@2 q2<q@3 a<q2@5 b<a@8 y<a@9, x<y@10",
    // Another writer's turn is below the message, and younger than the later message.
    "q<0@1 x<q@2 q2<q@3 a<q2@5 y<a@9 b<x@20, x<y@10"
  })
  void a_message_without_room_before_a_later_message_moves_to_the_end(String thread, String moved) {
    assertThat(moved(thread)).isEqualTo(moved);
  }

  private static String moved(String thread) {
    List<ThreadNode> turns = Stream.of(thread.split(" ")).map(BranchesTest::turn).toList();
    Set<String> ours =
        turns.stream()
            .map(ThreadNode::messageId)
            .filter(id -> id.startsWith("x"))
            .collect(Collectors.toSet());
    return Branches.move(turns, ours).stream()
        .flatMap(move -> Stream.concat(move.chain().stream(), move.behind().stream()))
        .map(
            place ->
                place.messageId()
                    + "<"
                    + place.parentMessageId()
                    + "@"
                    + place.createdAt().getTime())
        .collect(Collectors.joining(" "))
        .replace(Message.NO_PARENT, "0");
  }

  private static ThreadNode turn(String one) {
    String[] parts = one.split("[<@!]");
    Date at = new Date(Long.parseLong(parts[2]));
    Date writtenAt = parts.length > 3 ? new Date(Long.parseLong(parts[3])) : at;
    boolean external = parts[0].startsWith("x") || parts[0].startsWith("y");
    return new ThreadNode(parts[0], parts[1], at, at, false, external, writtenAt);
  }
}
