package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import chat.switchboard.outbound.OutboxEntry;
import chat.switchboard.outbound.SendTime;
import chat.switchboard.outbound.TextFormat;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Takes {@code POST /api/sms} in the simulation, as the door does after it has read the body. */
public final class SimulatedOrders {

  private final SendText texts;

  SimulatedOrders(SendText texts) {
    this.texts = texts;
  }

  /**
   * Queues a text.
   *
   * @param key the {@code Idempotency-Key}
   * @param at the {@code sendAt}
   * @return the ids of the parts of the text
   */
  public Uni<List<String>> post(
      Optional<String> key,
      String to,
      UUID conversationId,
      String text,
      String from,
      Optional<Instant> at) {
    return texts
        .take(
            new SmsOrderRequest(
                SmsOrderRequest.id(key),
                to,
                conversationId,
                text,
                List.of(),
                false,
                Optional.of(from),
                TextFormat.TEXT,
                new SendTime(at, false)))
        .map(kept -> kept.entries().stream().map((OutboxEntry entry) -> entry.id).toList());
  }

  /** Whether the door refuses the request for good: 4xx other than 429. */
  public static boolean isRefusal(Throwable failure) {
    return failure instanceof ProblemException problem
        && problem.problem().status() < 500
        && problem.problem().status() != 429;
  }
}
