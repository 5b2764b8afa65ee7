package chat.switchboard.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class DigestTest {

  private static final Instant NOW = Instant.parse("2026-11-26T04:00:00Z");

  @Test
  void one_delivery_is_written_as_it_is() {
    Digest digest = Digest.begin("hook:a", "1", "One\ntext", NOW, Duration.ofSeconds(30));
    assertThat(digest.text()).isEqualTo("One\ntext");
    assertThat(digest.isDue(NOW.plusSeconds(30).minusMillis(1))).isFalse();
    assertThat(digest.isDue(NOW.plusSeconds(30))).isTrue();
  }

  @Test
  void several_deliveries_become_a_list_and_the_end_does_not_move() {
    Digest digest =
        Digest.begin("hook:a", "1", "One", NOW, Duration.ofSeconds(30))
            .with("2", "Two\nlines")
            .with("2", "Two again")
            .with("1", "One again");
    assertThat(digest.text()).isEqualTo("- One\n- Two\n  lines");
    assertThat(digest.dueAt()).isEqualTo(NOW.plusSeconds(30));
    assertThat(digest.firstDeliveryId()).isEqualTo("1");
    assertThat(digest.more()).isZero();
  }

  @Test
  void a_burst_is_bounded_and_says_how_many_more_there_are() {
    Digest digest = Digest.begin("hook:a", "0", "Text 0", NOW, Duration.ofSeconds(30));
    for (int at = 1; at < 1000; at++) {
      digest = digest.with("" + at, "Text " + at);
    }
    assertThat(digest.texts()).hasSize(20);
    assertThat(digest.text()).endsWith("- Text 19\n- \u2026 and 980 more");
  }

  @Test
  void long_texts_are_cut_and_the_whole_is_bounded() {
    Digest digest = Digest.begin("hook:a", "0", "x ".repeat(4000), NOW, Duration.ofSeconds(30));
    for (int at = 1; at < 50; at++) {
      digest = digest.with("" + at, "\uD83D\uDE00\n".repeat(2000));
    }
    assertThat(digest.text().length()).isLessThanOrEqualTo(Digest.LONGEST);
    assertThat(digest.texts().size() + digest.more()).isEqualTo(50);
  }
}
