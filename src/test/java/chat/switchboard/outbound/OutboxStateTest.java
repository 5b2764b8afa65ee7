package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.outbound.DeliveryReport.News;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The allowed steps between states, and the state after a report of the carrier. */
@Tag("unit")
class OutboxStateTest {

  @ParameterizedTest(name = "{0} follows {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "SENT        | HELD QUEUED SENDING AMBIGUOUS DEAD",
        "UNDELIVERED | HELD QUEUED SENDING AMBIGUOUS DEAD SENT",
        "FAILED      | HELD QUEUED SENDING AMBIGUOUS DEAD SENT",
        "BLOCKED     | HELD QUEUED SENDING AMBIGUOUS DEAD SENT",
        "DELIVERED   | HELD QUEUED SENDING AMBIGUOUS DEAD SENT UNDELIVERED FAILED BLOCKED CANCELLED",
        "READ        | HELD QUEUED SENDING AMBIGUOUS DEAD SENT UNDELIVERED FAILED BLOCKED CANCELLED DELIVERED",
      })
  void only_a_higher_rank_follows(OutboxState state, String below) {
    assertThat(state.below()).containsExactlyInAnyOrderElementsOf(List.of(below.split(" ")));
  }

  @ParameterizedTest
  @CsvSource({
    "HELD,false",
    "QUEUED,false",
    "SENDING,false",
    "AMBIGUOUS,false",
    "DEAD,false",
    "SENT,true",
    "UNDELIVERED,true",
    "FAILED,true",
    "BLOCKED,true",
    "CANCELLED,true",
    "DELIVERED,true",
    "READ,true"
  })
  void only_a_text_in_a_final_state_is_deleted_after_its_retention(
      OutboxState state, boolean deleted) {
    assertThat(state.isForgotten()).isEqualTo(deleted);
  }

  static Stream<Arguments> news() {
    return Stream.of(
        Arguments.of(new News.OnItsWay("queued", null, null), OutboxState.SENT, null),
        Arguments.of(new News.OnItsWay("sent", 30034, "why"), OutboxState.SENT, 30034),
        Arguments.of(new News.Delivered("read"), OutboxState.READ, null),
        Arguments.of(new News.Failed(true, 30008, "why"), OutboxState.UNDELIVERED, 30008),
        Arguments.of(new News.Failed(false, 30001, "why"), OutboxState.FAILED, 30001),
        Arguments.of(new News.Failed(false, null, "why"), OutboxState.FAILED, null),
        Arguments.of(new News.OptedOut(21610, "why"), OutboxState.BLOCKED, 21610));
  }

  @ParameterizedTest
  @MethodSource("news")
  void news_of_a_text_that_the_carrier_took_never_queue_it_again(
      News news, OutboxState state, Integer code) {
    NewsState known = NewsState.of(news);
    assertThat(known.state()).isEqualTo(state);
    assertThat(known.code()).isEqualTo(code);
    assertThat(known.state().isOpen()).isFalse();
  }
}
