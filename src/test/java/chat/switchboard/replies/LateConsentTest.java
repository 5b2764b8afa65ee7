package chat.switchboard.replies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import chat.switchboard.outbound.Consent;
import chat.switchboard.support.FakeTimers;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class LateConsentTest {

  private static final String ANNA = "+15550000001";
  private static final String BERT = "+15550000002";

  private final FakeTimers timers = new FakeTimers();
  private final Set<String> optedOut = new HashSet<>();
  private Duration readTakes = Duration.ZERO;
  private int reads;

  private final Consent consent =
      (person, ours) -> {
        reads++;
        boolean mayReceive = !optedOut.contains(person);
        timers.pass(readTakes);
        return Uni.createFrom().item(mayReceive);
      };

  private final LateConsent late = new LateConsent(consent, timers);

  @Test
  void aRequestSoonAfterThePlanNeedsNoRead() {
    long readAt = timers.nanoTime();
    timers.pass(Duration.ofSeconds(2));

    assertEquals(Optional.empty(), check(readAt, ANNA));
    assertEquals(0, reads);
  }

  @Test
  void aLateRequestIsNotSentAfterAStop() {
    long readAt = timers.nanoTime();
    timers.pass(Duration.ofMillis(2_100));
    optedOut.add(BERT);

    assertEquals(Optional.empty(), check(readAt, ANNA));
    assertEquals(Optional.of(new AgentCallResult.Open()), check(readAt, ANNA, BERT));
  }

  @Test
  void aReadThatIsSlowItselfDoesNotCount() {
    long readAt = timers.nanoTime();
    timers.pass(Duration.ofMinutes(1));
    readTakes = Duration.ofSeconds(3);

    assertInstanceOf(AgentCallResult.Again.class, check(readAt, ANNA).orElseThrow());
  }

  @Test
  void aLateRequestForNoPhoneIsSent() {
    long readAt = timers.nanoTime();
    timers.pass(Duration.ofMinutes(1));

    assertEquals(Optional.empty(), check(readAt));
    assertEquals(0, reads);
  }

  private Optional<AgentCallResult> check(long readAt, String... people) {
    Reply reply = new Reply();
    for (String person : people) {
      reply.phones.add(new Document("to", person));
    }
    return late.check(reply, readAt).await().atMost(Duration.ofSeconds(1));
  }
}
