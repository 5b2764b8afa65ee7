package chat.switchboard.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ShrinkerTest {

  private final Seeds seeds = Seeds.of(Mutant.named("Each replica appends without a lease"));
  private final long seed = firstWithFaults();

  /** Returns the first seed that finds the mutant and has some faults to leave out. */
  private long firstWithFaults() {
    for (long one = 1; ; one++) {
      Seeds.Run run = seeds.run(one, false);
      long faults =
          run.happenings().stream()
              .filter(happening -> Happenings.kindOf(happening).isFault())
              .count();
      if (run.violates() && faults > 3) {
        return one;
      }
    }
  }

  @Test
  void leaves_the_faults_and_messages_that_the_violation_needs() {
    Seeds.Run whole = seeds.run(seed, false);

    Shrinker.Shrunken shrunken = new Shrinker(seeds, seed, 400).shrink();

    assertThat(shrunken.run().promise()).isEqualTo(whole.promise());
    assertThat(shrunken.faults()).hasSizeLessThan((int) shrunken.before());
    assertThat(shrunken.faults()).hasSizeLessThanOrEqualTo(3);
    assertThat(shrunken.run().happenings()).hasSizeLessThanOrEqualTo(10);
    assertThat(shrunken.report()).anyMatch(line -> line.contains("VIOLATION"));
  }

  @Test
  void repeats_a_run_with_all_of_its_happenings_as_a_plan() {
    Seeds.Run whole = seeds.run(seed, true);

    assertThat(seeds.run(seed, true, whole.happenings()).history()).isEqualTo(whole.history());
  }
}
