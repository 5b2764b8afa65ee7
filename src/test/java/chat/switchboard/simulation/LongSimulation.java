package chat.switchboard.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs many seeds: {@code ./mvnw verify -Psimulation -Dseeds=1000000}. */
@Tag("unit")
class LongSimulation {

  @Test
  void theServiceKeepsItsPromisesForAllSeeds() throws InterruptedException {
    assertTrue(new SimulationRun().run(), "A promise is broken: see the table above");
  }
}
