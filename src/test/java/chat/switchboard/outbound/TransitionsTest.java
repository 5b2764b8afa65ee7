package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The first state of a text, and when it is tried next; the rest is seen through the doors. */
@Tag("unit")
class TransitionsTest {

  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
  private static final Duration RETENTION = Duration.ofDays(90);

  private final Transitions transitions =
      new Transitions(
          config(),
          Clock.fixed(NOW, ZoneOffset.UTC),
          new Random(17),
          new SimpleMeterRegistry(),
          new TextNews(List.of(), null, null));

  private static OutboxConfig config() {
    return (OutboxConfig)
        Proxy.newProxyInstance(
            OutboxConfig.class.getClassLoader(),
            new Class<?>[] {OutboxConfig.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "maxBackoff" -> LONGEST_PAUSE;
                  case "retention" -> RETENTION;
                  default -> throw new IllegalArgumentException(method.getName());
                });
  }

  @ParameterizedTest
  @EnumSource(OutboxState.class)
  void a_text_begins_in_its_lane_if_it_is_open_and_is_forgotten_if_it_is_done_with(
      OutboxState state) {
    OutboxEntry entry = new OutboxEntry();
    entry.sender = "+15557654321";
    transitions.begin(entry, state, "why");
    assertThat(entry.lane).isEqualTo(state.isOpen() ? entry.sender : null);
    assertThat(entry.nextAttemptAt).isEqualTo(state.isOpen() ? Date.from(NOW) : null);
    assertThat(entry.forgetAt)
        .isEqualTo(state.isForgotten() ? Date.from(NOW.plus(RETENTION)) : null);
    assertThat(entry.changes())
        .containsExactly(new OutboxEntry.Change(state, Date.from(NOW), "why"));
  }

  @ParameterizedTest(name = "try {0}, after {1} s: within {2} s and {3} s")
  @CsvSource({
    "0,0,0,1",
    "1,0,0,2",
    "3,0,0,8",
    "10,0,0,60",
    "63,0,0,60",
    "1000,0,0,60",
    "1,30,30,32"
  })
  void the_pauses_grow_to_the_longest_and_keep_what_the_carrier_wants(
      int attempts, int after, int least, int most) {
    for (int i = 0; i < 200; i++) {
      Date next = transitions.nextAttempt(attempts, Optional.of(Duration.ofSeconds(after)));
      assertThat(next)
          .isAfterOrEqualTo(NOW.plusSeconds(least))
          .isBeforeOrEqualTo(NOW.plusSeconds(most));
    }
  }
}
