package chat.switchboard.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
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

  private static final Seeds SEEDS = Seeds.of(SimulationKind.OUTBOUND);

  @Test
  void theServiceSendsEachTextOnceOnBadDays() throws IOException {
    SeedCheck.run(SEEDS, SimulationKind.OUTBOUND, 30);
  }

  /** A replica waits for the lease of the conversation while the person opts out. */
  @Test
  void noAnswerIsRequestedForSomebodyWhoOptsOutDuringTheWaitForTheLease() {
    assertEquals(List.of(), SEEDS.run(216, false).violations());
  }

  /** A command takes 24 s between the plan and the request, and the person opts out meanwhile. */
  @Test
  void noAnswerIsRequestedForSomebodyWhoOptsOutAfterThePlan() {
    assertEquals(List.of(), SEEDS.run(2406, false).violations());
  }

  /**
   * A replica is suspended between the claim of a text and the request, and the person opts out.
   */
  @Test
  void aTextIsNotSentAfterASuspensionInWhichThePersonOptsOut() {
    assertEquals(List.of(), SEEDS.run(1762, false).violations());
  }

  /** The response is lost, and a turn of the owner aborts the answer that LibreChat generates. */
  @Test
  void aQuestionWhoseRequestGotNoResponseIsRepeatedAfterTheOwnersTurn() {
    assertEquals(List.of(), SEEDS.run(508, false).violations());
  }

  /** A replica reads from the old primary when a report of a newer text arrives. */
  @Test
  void aReportOfATextThatTheOldPrimaryDoesNotKnowIsKept() {
    assertEquals(List.of(), SEEDS.run(353, false).violations());
  }

  /** A command is lost while a replica waits for a lease that another replica has. */
  @Test
  void theHolderOfALeaseThatNobodyWantsAnyMoreIsForgotten() {
    assertEquals(List.of(), SEEDS.run(31, false).violations());
    assertEquals(List.of(), SEEDS.run(41, false).violations());
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    List<String> history = SEEDS.run(7, true).history();

    assertEquals(history, SEEDS.run(7, true).history());
  }
}
