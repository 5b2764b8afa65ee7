package chat.switchboard.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
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
    SeedCheck.run(SEEDS, "simulation", 60, HISTORY);
  }

  /** The owner asks while a message is appended, which is then on a branch. */
  @Test
  void aMessageOnABranchKeepsItsPlaceBeforeTheNextMessageOfItsSender() {
    assertEquals(List.of(), SEEDS.run(324, false).violations());
  }

  @Test
  void theOwnersTurnBelowAMessageStaysShownWhenLaterMessagesMove() {
    assertEquals(List.of(), SEEDS.run(93, false).violations());
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    List<String> history = SEEDS.run(7, true).history();

    assertEquals(history, SEEDS.run(7, true).history());
    assertNotEquals(history, SEEDS.run(8, true).history());
  }
}
