package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.mongo.Backoff;
import chat.switchboard.support.FakeTimers;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rate of one service number, in fake time. */
@Tag("unit")
class SendRateTest {

  /** The longest delay that is possible. */
  private static final RandomGenerator HIGHEST =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          return Long.MAX_VALUE;
        }

        @Override
        public long nextLong(long bound) {
          return bound - 1;
        }
      };

  private final FakeTimers timers = new FakeTimers();

  private SendRate rate(double segmentsPerSecond) {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60), HIGHEST);
    return new SendRate(segmentsPerSecond, backoff, timers::nanoTime);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1000", "1, 3, 3000", "10, 1, 100", "0.5, 2, 4000"})
  void a_text_waits_until_the_segments_before_it_have_gone(
      double segmentsPerSecond, int segments, long millis) {
    SendRate rate = rate(segmentsPerSecond);
    assertThat(rate.reserve(segments)).isZero();
    assertThat(rate.reserve(segments)).isEqualTo(Duration.ofMillis(millis));
    assertThat(rate.reserve(1)).isEqualTo(Duration.ofMillis(2 * millis));
  }

  @ParameterizedTest
  @CsvSource({"+15550100, 62", "whatsapp:+15550100, 1", "rcs:our_agent, 1"})
  void a_long_message_holds_the_number_for_its_segments_only_where_the_channel_has_segments(
      String to, long seconds) {
    SendRate rate = rate(1);
    OutboxEntry text = new OutboxEntry();
    text.phoneNumber = to;
    text.segments = 62;
    rate.reserve(text);
    assertThat(rate.reserve(1)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void time_without_a_text_is_not_saved_up() {
    SendRate rate = rate(1);
    timers.pass(Duration.ofMinutes(10));
    assertThat(rate.reserve(1)).isZero();
    assertThat(rate.reserve(1)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void the_wait_becomes_shorter_as_time_passes() {
    SendRate rate = rate(1);
    rate.reserve(2);
    timers.pass(Duration.ofMillis(1_500));
    assertThat(rate.reserve(1)).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void each_trouble_makes_the_rest_longer_and_an_answer_makes_it_short_again() {
    SendRate rate = rate(1);
    rate.trouble(Duration.ZERO);
    assertThat(rate.rest()).isEqualTo(Duration.ofMillis(999));
    rate.trouble(Duration.ZERO);
    assertThat(rate.rest()).isEqualTo(Duration.ofMillis(1_999));
    rate.wentWell();
    rate.trouble(Duration.ZERO);
    assertThat(rate.rest()).isEqualTo(Duration.ofMillis(999));
  }

  @Test
  void the_rest_is_never_longer_than_the_longest_nor_shorter_than_twilio_wants() {
    SendRate rate = rate(1);
    for (int i = 0; i < 100; i++) {
      rate.trouble(Duration.ZERO);
    }
    assertThat(rate.rest()).isEqualTo(Duration.ofMillis(59_999));
    rate.trouble(Duration.ofMinutes(5));
    assertThat(rate.rest()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void a_rest_ends_with_the_time() {
    SendRate rate = rate(1);
    rate.trouble(Duration.ZERO);
    timers.pass(Duration.ofMillis(998));
    assertThat(rate.rest()).isEqualTo(Duration.ofMillis(1));
    timers.pass(Duration.ofMillis(1));
    assertThat(rate.rest()).isZero();
  }

  @Test
  void a_rate_restrains_texts_until_the_moment_at_which_it_is_free() {
    SendRate rate = rate(1);
    assertThat(rate.isIdle()).as("new").isFalse();
    rate.reserve(1);
    timers.pass(Duration.ofSeconds(1));
    assertThat(rate.isIdle()).as("free at this moment").isFalse();
    timers.pass(Duration.ofNanos(1));
    assertThat(rate.isIdle()).isTrue();
    rate.trouble(Duration.ofSeconds(1));
    rate.wentWell();
    timers.pass(Duration.ofSeconds(1));
    assertThat(rate.isIdle()).as("the rest ends at this moment").isFalse();
    timers.pass(Duration.ofNanos(1));
    assertThat(rate.isIdle()).isTrue();
  }

  @Test
  void a_rate_can_be_forgotten_when_it_restrains_nothing_any_more() {
    SendRate rate = rate(1);
    timers.pass(Duration.ofNanos(1));
    assertThat(rate.isIdle()).isTrue();
    rate.reserve(1);
    assertThat(rate.isIdle()).isFalse();
    timers.pass(Duration.ofSeconds(2));
    assertThat(rate.isIdle()).isTrue();
    rate.trouble(Duration.ZERO);
    timers.pass(Duration.ofMinutes(2));
    assertThat(rate.isIdle()).as("the next rest is longer").isFalse();
    rate.wentWell();
    assertThat(rate.isIdle()).isTrue();
  }
}
