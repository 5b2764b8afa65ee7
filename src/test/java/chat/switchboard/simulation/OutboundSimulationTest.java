package chat.switchboard.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
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
    SeedCheck.run(SEEDS, "simulation.outbound", 30, HISTORY);
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    List<String> history = SEEDS.run(7, true).history();

    assertEquals(history, SEEDS.run(7, true).history());
  }
}
