package chat.switchboard.mcp;

import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.outbound.Outbox;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;

/**
 * Gives the text of a tool call its id. Models repeat calls, and LibreChat repeats requests that
 * got no response: the same words of one user to the same person from the same conversation have
 * the same id within a time, and the outbox stores a text with a known id once.
 */
@ApplicationScoped
class RepeatedTexts {

  /** A call with {@code again} can be repeated as well, by a request that got no response. */
  private static final Duration AGAIN = Duration.ofSeconds(60);

  private final Outbox outbox;
  private final Clock clock;
  private final long windowMillis;

  RepeatedTexts(Outbox outbox, McpConfig config, Clock clock) {
    this.outbox = outbox;
    this.clock = clock;
    this.windowMillis = Math.max(1_000, config.repeatWindow().toMillis());
  }

  /**
   * @param to the person's address
   * @param again whether the user wants the same words sent once more
   */
  Uni<String> id(McpUser user, UUID conversation, String to, String text, boolean again) {
    long window = again ? AGAIN.toMillis() : windowMillis;
    long now = clock.millis();
    long period = now / window;
    String before = id(user, conversation, to, text, again, period - 1);
    // A call shortly after the end of a period can repeat one of the period before.
    return outbox
        .find(before)
        .map(
            known ->
                known
                    .filter(one -> one.queuedAt.getTime() > now - window)
                    .map(one -> before)
                    .orElseGet(() -> id(user, conversation, to, text, again, period)));
  }

  private static String id(
      McpUser user, UUID conversation, String to, String text, boolean again, long period) {
    return DeterministicIds.uuid(
            "mcp text",
            user.id(),
            conversation.toString(),
            to,
            text,
            again ? "again" : "once",
            Long.toString(period))
        .toString();
  }
}
