package chat.switchboard.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each client hears each message of its user, or is told to refetch, on bad days. {@code
 * -Dsimulation.feed.seed=…} runs one seed and writes its history to {@code
 * target/feed-simulation.txt}; {@code -Dsimulation.feed.seeds=…} runs that many.
 */
@Tag("unit")
class FeedSimulationTest {

  private static final Seeds SEEDS = Seeds.of(SimulationKind.FEED);

  @Test
  void eachClientHearsEachMessageOfItsUserOnBadDays() throws IOException {
    SeedCheck.run(SEEDS, SimulationKind.FEED, 40);
  }

  /** Seeds that found a fault of the service once. */
  @ParameterizedTest
  @ValueSource(longs = {51, 216, 572, 662, 768, 11593})
  void aFaultThatWasFoundStaysMended(long seed) {
    assertEquals(List.of(), SEEDS.run(seed, false).violations());
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    List<String> history = SEEDS.run(7, true).history();

    assertEquals(history, SEEDS.run(7, true).history());
  }
}
