package chat.switchboard.librechat;

import chat.switchboard.ops.SwitchboardConfig;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;

/**
 * Tells whether LibreChat is generating an answer in a conversation: a message beside it would be a
 * branch that the page hides.
 */
@ApplicationScoped
public class Generations {

  private static final Logger LOG = Logger.getLogger(Generations.class);

  /** Next to LibreChat this takes milliseconds; when it does not, the database is asked. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** After a failure LibreChat is left alone for a while. */
  private static final Duration REST = Duration.ofSeconds(5);

  private final SwitchboardConfig config;
  private final Clock clock;
  private final AgentDoor door;
  private volatile Instant notBefore = Instant.MIN;

  Generations(SwitchboardConfig config, Clock clock, AgentDoor door) {
    this.config = config;
    this.clock = clock;
    this.door = door;
  }

  /** Whether an answer is being generated. */
  public Uni<Boolean> running(Conversation conversation, Tail tail) {
    boolean looksLikeIt = looksLikeIt(tail);
    if (!door.isKnown() || clock.instant().isBefore(notBefore)) {
      return Uni.createFrom().item(looksLikeIt);
    }
    return running(conversation)
        .onFailure()
        .recoverWithItem(
            failure -> {
              LOG.warnf(
                  "LibreChat did not say whether an answer is being generated (%s); the database"
                      + " is read instead.",
                  failure);
              notBefore = clock.instant().plus(REST);
              return looksLikeIt;
            });
  }

  /**
   * From the database alone: the newest message is the owner's own, and younger than an answer
   * takes. Nothing comes after the newest, so that it has no answer yet. An unfinished answer is no
   * sign: one that was stopped stays like that.
   */
  private boolean looksLikeIt(Tail tail) {
    Instant oldest = clock.instant().minus(config.message().waitForAnswer());
    return tail.newest()
        .filter(Turn::byUser)
        .filter(turn -> turn.createdAt().toInstant().isAfter(oldest))
        .isPresent();
  }

  /** What LibreChat itself says; it fails where LibreChat does not say it. */
  public Uni<Boolean> running(Conversation conversation) {
    RequestOptions request =
        door.request(
                HttpMethod.GET,
                "/status/" + conversation.conversationId,
                conversation.user,
                PATIENCE)
            .putHeader("Accept", "application/json");
    return Uni.createFrom()
        .completionStage(
            () ->
                door.client()
                    .request(request)
                    .compose(HttpClientRequest::send)
                    .compose(Generations::active)
                    .toCompletionStage())
        .ifNoItem()
        .after(PATIENCE)
        .fail();
  }

  private static Future<Boolean> active(HttpClientResponse response) {
    int status = response.statusCode();
    if (status != 200) {
      return Future.failedFuture(
          "it answered with status "
              + status
              + (status == 401 || status == 403 ? ": is JWT_SECRET the same there?" : ""));
    }
    return response.body().map(body -> body.toJsonObject().getBoolean("active", false));
  }
}
