package chat.switchboard.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs the seeds that system properties choose: {@code <name>.seed} for one seed, which is recorded
 * in any case, or {@code <name>.seeds} for the seeds from 1 on.
 */
final class SeedCheck {

  private SeedCheck() {}

  /**
   * Fails at the first seed that breaks a promise, with its history.
   *
   * @param usual how many seeds run without the properties
   */
  static void run(Seeds seeds, SimulationKind kind, long usual) throws IOException {
    String name = kind.property();
    Path file = kind.history();
    Long chosen = Long.getLong(name + ".seed");
    long first = chosen == null ? 1 : chosen;
    long last = chosen == null ? Long.getLong(name + ".seeds", usual) : chosen;
    for (long seed = first; seed <= last; seed++) {
      if (chosen == null && !seeds.run(seed, false).violates()) {
        continue;
      }
      Seeds.Run recorded = seeds.run(seed, true);
      Files.write(file, recorded.history());
      assertTrue(
          !recorded.violates(),
          () ->
              String.join("\n", recorded.violations())
                  + "\n"
                  + recorded.figures()
                  + "\nThe history is in "
                  + file
                  + "\n"
                  + String.join("\n", recorded.history()));
    }
  }
}
