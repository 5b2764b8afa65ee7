package chat.switchboard.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Another process has other hashes of objects, other orders of sets, and another clock. */
class SimulationReplayTest {

  @Test
  void a_seed_gives_the_same_history_in_another_process() throws IOException {
    Seeds seeds = Seeds.ofToday();
    seeds.run(3, false);
    List<String> history = seeds.run(19, true).history();

    assertThat(historyOfAnotherProcess(19)).isEqualTo(history);
    assertThat(history).hasSizeGreaterThan(50);
  }

  private static List<String> historyOfAnotherProcess(long seed) throws IOException {
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
