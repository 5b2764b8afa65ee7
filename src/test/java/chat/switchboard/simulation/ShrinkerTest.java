package chat.switchboard.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("unit")
class ShrinkerTest {

  /** A run of a mutant that breaks a promise, with some faults to leave out. */
  private record Broken(Seeds seeds, long seed, Seeds.Run run) {

    private static final Map<SimulationKind, Broken> ALL = new EnumMap<>(SimulationKind.class);

    static Broken of(SimulationKind kind) {
      return ALL.computeIfAbsent(kind, Broken::find);
    }

    private static Broken find(SimulationKind kind) {
      Seeds seeds = Seeds.of(kind, mutant(kind));
      for (long seed = 1; ; seed++) {
        Seeds.Run run = seeds.run(seed, false);
        if (run.violates() && faults(run.happenings()) > 3) {
          return new Broken(seeds, seed, run);
        }
      }
    }

    private static Mutant mutant(SimulationKind kind) {
      return switch (kind) {
        case INBOUND -> named(Mutant.ALL, "Each replica appends without a lease");
        case OUTBOUND -> named(OutboundMutants.ALL, "A request without a response is sent again");
        case FEED ->
            named(FeedMutants.ALL, "An entry counts as announced before its message is read");
      };
    }

    private static Mutant named(List<Mutant> all, String name) {
      return all.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    }
  }

  private static long faults(List<String> happenings) {
    return happenings.stream().filter(one -> Happenings.kindOf(one).isFault()).count();
  }

  @ParameterizedTest
  @EnumSource
  void leaves_the_faults_and_messages_that_the_violation_needs(SimulationKind kind) {
    Broken broken = Broken.of(kind);

    Shrinker.Shrunken shrunken = new Shrinker(broken.seeds(), broken.seed(), 400).shrink();

    assertThat(shrunken.run().promise()).isEqualTo(broken.run().promise());
    assertThat(shrunken.faults()).hasSizeLessThan((int) shrunken.before());
    assertThat(shrunken.faults()).hasSizeLessThanOrEqualTo(3);
    assertThat(shrunken.run().happenings()).hasSizeLessThanOrEqualTo(10);
    assertThat(shrunken.report()).anyMatch(line -> line.contains("VIOLATION"));
  }

  @ParameterizedTest
  @EnumSource
  void repeats_a_run_with_all_of_its_happenings_as_a_plan(SimulationKind kind) {
    Broken broken = Broken.of(kind);
    Seeds.Run whole = broken.seeds().run(broken.seed(), true);

    assertThat(broken.seeds().run(broken.seed(), true, whole.happenings()).history())
        .isEqualTo(whole.history());
  }
}
