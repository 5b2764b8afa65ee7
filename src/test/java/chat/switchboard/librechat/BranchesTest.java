package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class BranchesTest {

  /** Each message as {@code id<parent@time}; those that begin with x are ours. */
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
    // Ours alone follow the first message, which moves with them.
    "q<0@1 x<q@2 x2<x@3 a<q@4, x<a@5 x2<x@6",
    // Gone meanwhile.
    "q<0@1 a<q@2, ''"
  })
  void switchboards_messages_move_below_another_writers_sibling(String thread, String moved) {
    List<ThreadNode> turns = new ArrayList<>();
    for (String one : thread.split(" ")) {
      String[] parts = one.split("[<@]");
      Date at = new Date(Long.parseLong(parts[2]));
      turns.add(new ThreadNode(parts[0], parts[1], at, at, false, parts[0].startsWith("x")));
    }
    Set<String> ours =
        turns.stream()
            .filter(ThreadNode::external)
            .map(ThreadNode::messageId)
            .collect(Collectors.toSet());
    String found =
        Branches.move(turns, ours).map(Branches.Move::chain).orElse(List.of()).stream()
            .map(
                place ->
                    place.messageId()
                        + "<"
                        + place.parentMessageId()
                        + "@"
                        + place.createdAt().getTime())
            .collect(Collectors.joining(" "));
    assertThat(found).isEqualTo(moved);
  }
}
