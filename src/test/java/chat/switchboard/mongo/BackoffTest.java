package chat.switchboard.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The delay between a failed attempt and the next attempt. */
@Tag("unit")
class BackoffTest {

  /** The longest delay that is possible: the random number is the highest below the bound. */
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

  @ParameterizedTest
  @CsvSource({"0, 999", "1, 1999", "2, 3999", "5, 31999", "6, 59999", "20, 59999", "5000, 59999"})
  void the_ceiling_doubles_with_each_attempt_up_to_the_maximum(int attempts, long longest) {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60), HIGHEST);
    assertThat(backoff.delay(attempts)).isEqualTo(Duration.ofMillis(longest));
  }

  @Test
  void the_delays_are_spread_over_the_whole_range() {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60));
    List<Long> delays =
        IntStream.range(0, 1_000).mapToObj(i -> backoff.delay(0).toMillis()).toList();
    assertThat(delays).allMatch(delay -> delay >= 0 && delay < 1_000);
    assertThat(delays).anyMatch(delay -> delay < 100).anyMatch(delay -> delay > 900);
  }

  @Test
  void a_delay_of_nothing_is_no_error() {
    assertThat(new Backoff(Duration.ZERO, Duration.ZERO).delay(3)).isZero();
  }
}
