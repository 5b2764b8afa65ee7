package chat.switchboard.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The service keeps its promises on bad days. {@code -Dsimulation.seed=…} runs one seed and writes
 * its history to {@code target/simulation.txt}; {@code -Dsimulation.seeds=…} runs that many.
 */
@Tag("unit")
class SimulationTest {

  private static final Seeds SEEDS = Seeds.ofToday();
  private static final Path HISTORY = Path.of("target", "simulation.txt");

  @Test
  void theServiceKeepsItsPromisesOnBadDays() throws IOException {
    Long chosen = Long.getLong("simulation.seed");
    long first = chosen == null ? 1 : chosen;
    long last = chosen == null ? Long.getLong("simulation.seeds", 60) : chosen;
    for (long seed = first; seed <= last; seed++) {
      boolean violates = !SEEDS.run(seed, false).violations().isEmpty();
      if (violates || chosen != null) {
        Seeds.Run recorded = SEEDS.run(seed, true);
        Files.write(HISTORY, recorded.history());
        assertTrue(
            recorded.violations().isEmpty(),
            () ->
                String.join("\n", recorded.violations())
                    + "\n"
                    + recorded.figures()
                    + "\nThe history is in "
                    + HISTORY
                    + "\n"
                    + String.join("\n", recorded.history()));
      }
    }
  }

  /** The owner asks while a message is appended, which is then on a branch. */
  @Test
  void aMessageOnABranchKeepsItsPlaceBeforeTheNextMessageOfItsSender() {
    assertEquals(List.of(), SEEDS.run(324, false).violations());
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    List<String> history = SEEDS.run(7, true).history();

    assertEquals(history, SEEDS.run(7, true).history());
    assertNotEquals(history, SEEDS.run(8, true).history());
  }
}
