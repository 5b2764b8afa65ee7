package chat.switchboard.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Another process has other hashes of objects, other orders of sets, and another clock. */
class SimulationReplayTest {

  @ParameterizedTest
  @EnumSource
  void a_seed_gives_the_same_history_in_another_process(SimulationKind kind) throws IOException {
    Seeds seeds = Seeds.of(kind);
    seeds.run(3, false);
    List<String> history = seeds.run(19, true).history();

    assertThat(historyOfAnotherProcess(kind, 19)).isEqualTo(history);
    assertThat(history).hasSizeGreaterThan(50);
  }

  /** The simulations of a long run share their classes, and the classes keep nothing of a run. */
  @Test
  void a_seed_gives_the_same_history_after_seeds_of_the_other_simulations() {
    Map<SimulationKind, Seeds> all = Seeds.ofAll();
    for (SimulationKind kind : SimulationKind.values()) {
      for (Seeds seeds : all.values()) {
        seeds.run(2, false);
      }
      assertThat(all.get(kind).run(7, true).history())
          .isEqualTo(Seeds.of(kind).run(7, true).history());
    }
  }

  private static List<String> historyOfAnotherProcess(SimulationKind kind, long seed)
      throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:+UnlockExperimentalVMOptions",
                "-XX:hashCode=0",
                "-XX:TieredStopAtLevel=1",
                "-Duser.timezone=Asia/Kolkata",
                "-Duser.language=de",
                "-Dfile.encoding=UTF-8",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Seeds.class.getName(),
                kind.label(),
                String.valueOf(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var in = process.inputReader(StandardCharsets.UTF_8)) {
      List<String> lines = in.lines().toList();
      return lines.subList(0, Math.max(0, lines.size() - 1));
    } finally {
      process.destroy();
    }
  }
}
