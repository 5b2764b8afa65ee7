package chat.switchboard.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The service keeps its promises on bad days. {@code -Dsimulation.seed=…} runs one seed and writes
 * its history to {@code target/simulation.txt}; {@code -Dsimulation.seeds=…} runs that many.
 */
@Tag("unit")
class SimulationTest {

  private static final Seeds SEEDS = Seeds.of(SimulationKind.INBOUND);

  @Test
  void theServiceKeepsItsPromisesOnBadDays() throws IOException {
    SeedCheck.run(SEEDS, SimulationKind.INBOUND, 60);
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

  /** The messages were written in part before the owner's turn, and in part after that turn. */
  @ParameterizedTest
  @ValueSource(longs = {11805, 13208, 16029, 19982})
  void messagesAboveTheOwnersTurnStayWhereLaterMessagesMoveBelowThatTurn(long seed) {
    assertEquals(List.of(), SEEDS.run(seed, false).violations());
  }

  /** Another replica had waited for the answer before. */
  @Test
  void aMessageThatIsWrittenBesideALongAnswerMovesBelowThatAnswer() {
    assertEquals(List.of(), SEEDS.run(11037, false).violations());
  }

  @Test
  void aMessageThatWaitsForALeaseDoesNotGoIntoADeletedConversation() {
    assertEquals(List.of(), SEEDS.run(718, false).violations());
  }

  /** LibreChat's clock is ahead, so that the next message comes a millisecond after its answer. */
  @Test
  void aHiddenMessageFindsRoomBetweenLibreChatsAnswerAndTheNextMessageOfItsSender() {
    assertEquals(List.of(), SEEDS.run(482, false).violations());
  }

  /** The next message went into the person's next conversation while this message waited. */
  @Test
  void aMessageOfADeletedConversationComesBeforeTheLaterMessagesOfItsSender() {
    assertEquals(List.of(), SEEDS.run(244, false).violations());
  }

  /**
   * The owner asked on a page that did not show the message, and another replica appended the next.
   */
  @ParameterizedTest
  @ValueSource(longs = {478, 1602})
  void aMessageHiddenByTheOwnersQuestionComesBackBeforeTheLaterMessagesOfItsSender(long seed) {
    assertEquals(List.of(), SEEDS.run(seed, false).violations());
  }

  /** Only the process of the write knows that the message is on a branch. */
  @Test
  void aMessageWhoseWriteCameLateIsPutBeforeTheLaterMessagesOfOtherReplicas() {
    assertEquals(List.of(), SEEDS.run(1134, false).violations());
  }

  /**
   * A command shared by several conversations is slow, and the next write waits for that command.
   */
  @Test
  void aMessageIsNotWrittenBesideAnAnswerThatBeganWhileTheWriteWaitedForOtherWrites() {
    assertEquals(List.of(), SEEDS.run(4177, false).violations());
  }

  /** The write takes 12 s, and finds that an earlier message of the write is there already. */
  @Test
  void theRestOfASlowWriteIsNotWrittenBesideAnAnswerThatBeganMeanwhile() {
    assertEquals(List.of(), SEEDS.run(13079, false).violations());
  }

  /** The conversation was read at once, and another read of the same round was late. */
  @ParameterizedTest
  @ValueSource(longs = {6550, 20461})
  void aMessageDoesNotGoIntoAConversationThatWasDeletedDuringALongRound(long seed) {
    assertEquals(List.of(), SEEDS.run(seed, false).violations());
  }

  /** The owner deletes the conversation just before the write, whose response is lost. */
  @Test
  void aMessageWithoutAKeyIsStoredOnceIfItsWriteIntoADeletedConversationHasNoResponse() {
    assertEquals(List.of(), SEEDS.run(8692, false).violations());
  }

  /** The owner deletes the conversation while the message waits, and the caller repeats. */
  @Test
  void aRepetitionDoesNotRemoveTheMessageThatAnotherReplicaAcknowledges() {
    assertEquals(List.of(), SEEDS.run(16714, false).violations());
  }

  /** LibreChat does not tell its status to one replica, which writes beside the answer. */
  @Test
  void aMessageBesideAnAnswerThatLibreChatDidNotTellOfIsMovedBelowTheAnswer() {
    assertEquals(List.of(), SEEDS.run(10696, false).violations());
  }

  /** The answer takes longer than messages wait, and each replica checks its own messages. */
  @ParameterizedTest
  @ValueSource(longs = {32477, 34205})
  void messagesThatTwoReplicasWriteBesideTheSameAnswerMoveTogether(long seed) {
    assertEquals(List.of(), SEEDS.run(seed, false).violations());
  }

  /** A replica routes by a mapping that the old primary alone has. */
  @Test
  void aPersonHasOneConversationAlsoIfAnElectionRollsTheMappingBack() {
    assertEquals(List.of(), SEEDS.run(21822, false).violations());
  }

  /** The check of the place of two messages comes during an election. */
  @Test
  void aMessageThatIsHiddenDuringAnElectionIsMovedAfterTheElection() {
    assertEquals(List.of(), SEEDS.run(28675, false).violations());
  }

  /** LibreChat has told of an answer, and then tells no status. */
  @Test
  void aMessageWaitsForTheAnswerDuringWhichLibreChatFallsSilent() {
    assertEquals(List.of(), SEEDS.run(39590, false).violations());
  }

  /** A new field that keeps entries needs a line in {@link Growth#PERMITTED}. */
  @Test
  void aMapThatKeepsAnEntryAfterTheWorkBreaksAPromise() {
    Seeds kept =
        Seeds.of(SimulationKind.INBOUND, Mutant.named("A worker without work stays in memory"));

    assertTrue(kept.run(1, false).violations().get(0).contains("WorkerRegistry.entries has 1"));
  }

  @Test
  void eachFieldThatMayKeepEntriesExists() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      Map<String, Path> sources =
          files.collect(
              Collectors.toMap(
                  file -> file.getFileName().toString(), Function.identity(), (one, other) -> one));
      Set<String> all = new TreeSet<>(Growth.PERMITTED.keySet());
      all.addAll(Growth.OF_THE_FEED.keySet());
      for (String permitted : all) {
        String[] names = permitted.split("\\.");
        String source = Files.readString(sources.get(names[0] + ".java"));
        assertTrue(Pattern.compile(" " + names[1] + "( =|;)").matcher(source).find(), permitted);
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    List<String> history = SEEDS.run(7, true).history();

    assertEquals(history, SEEDS.run(7, true).history());
    assertNotEquals(history, SEEDS.run(8, true).history());
  }
}
