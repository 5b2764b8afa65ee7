package chat.switchboard.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Texts go out once, in order, and to nobody who has opted out, on bad days. {@code
 * -Dsimulation.outbound.seed=…} runs one seed and writes its history to {@code
 * target/outbound-simulation.txt}; {@code -Dsimulation.outbound.seeds=…} runs that many.
 */
@Tag("unit")
class OutboundSimulationTest {

  private static final Seeds SEEDS = Seeds.outbound();
  private static final Path HISTORY = Path.of("target", "outbound-simulation.txt");

  @Test
  void theServiceSendsEachTextOnceOnBadDays() throws IOException {
    Long chosen = Long.getLong("simulation.outbound.seed");
    long first = chosen == null ? 1 : chosen;
    long last = chosen == null ? Long.getLong("simulation.outbound.seeds", 30) : chosen;
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

  @Test
  void theSameSeedGivesTheSameHistory() {
    List<String> history = SEEDS.run(7, true).history();

    assertEquals(history, SEEDS.run(7, true).history());
  }
}
