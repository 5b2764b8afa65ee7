package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which texts of one number go next. */
@Tag("unit")
class SendCandidatesTest {

  private static final long NOW = 1_000_000;

  private final Set<String> waiting = new HashSet<>();

  @Test
  void only_the_first_text_to_each_person_can_go() {
    OutboxEntry first = text("ann", 0);
    OutboxEntry other = text("bob", 0);
    SendCandidates found = found(first, text("ann", 0), other);
    assertThat(found.ready()).containsExactly(first, other);
  }

  @Test
  void a_text_waits_behind_an_earlier_one_to_the_same_person_that_is_not_due() {
    SendCandidates found = found(text("ann", 5_000), text("ann", 0));
    assertThat(found.ready()).isEmpty();
    assertThat(found.next()).contains(Duration.ofSeconds(5));
  }

  @Test
  void a_text_waits_behind_an_earlier_one_that_an_earlier_read_has_found() {
    found(text("ann", 5_000));
    assertThat(found(text("ann", 0)).ready()).isEmpty();
  }

  @Test
  void no_more_than_four_texts_go_side_by_side() {
    List<OutboxEntry> many = IntStream.range(0, 9).mapToObj(i -> text("to " + i, 0)).toList();
    assertThat(found(many.toArray(OutboxEntry[]::new)).ready())
        .containsExactlyElementsOf(many.subList(0, 4));
  }

  @Test
  void the_next_text_is_the_one_that_is_due_first_and_not_the_first_in_order() {
    assertThat(found(text("ann", 9_000), text("bob", 3_000), text("cy", 6_000)).next())
        .contains(Duration.ofSeconds(3));
  }

  @Test
  void a_text_is_due_at_its_time_and_not_a_millisecond_before() {
    assertThat(found(text("ann", 1)).ready()).isEmpty();
    assertThat(found(text("bob", 0)).ready()).hasSize(1);
    assertThat(found(text("cy", -1)).ready()).hasSize(1);
  }

  @Test
  void without_a_text_there_is_nothing_to_wait_for() {
    assertThat(found().ready()).isEmpty();
    assertThat(found().next()).isEmpty();
  }

  private SendCandidates found(OutboxEntry... open) {
    return SendCandidates.of(List.of(open), waiting, NOW);
  }

  private static OutboxEntry text(String to, long dueIn) {
    OutboxEntry entry = new OutboxEntry();
    entry.phoneNumber = to;
    entry.nextAttemptAt = new Date(NOW + dueIn);
    return entry;
  }
}
