package chat.switchboard.librechat;

import chat.switchboard.ops.SwitchboardConfig;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.build.Jwt;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;
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

  private static final Duration TOKEN_LIFE = Duration.ofSeconds(60);

  /** LibreChat answers under /api/agents only to what looks like a browser, and bans the others. */
  private static final String USER_AGENT =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0"
          + " Safari/537.36 Switchboard";

  private final SwitchboardConfig config;
  private final Clock clock;
  private final HttpClient client;
  private volatile Instant notBefore = Instant.MIN;

  Generations(SwitchboardConfig config, Clock clock, Vertx vertx) {
    this.config = config;
    this.clock = clock;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) PATIENCE.toMillis())
                .setMaxPoolSize(16)
                .setMaxWaitQueueSize(1_024));
  }

  @PreDestroy
  void close() {
    client.close();
  }

  /** Whether an answer is being generated. */
  public Uni<Boolean> running(Conversation conversation, Tail tail) {
    Optional<String> url = config.librechatUrl().filter(set -> !set.isBlank());
    boolean looksLikeIt = looksLikeIt(tail);
    if (url.isEmpty() || clock.instant().isBefore(notBefore)) {
      return Uni.createFrom().item(looksLikeIt);
    }
    return ask(url.get(), conversation)
        .ifNoItem()
        .after(PATIENCE)
        .fail()
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

  private Uni<Boolean> ask(String url, Conversation conversation) {
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setAbsoluteURI(
                url.replaceAll("/+$", "")
                    + "/api/agents/chat/status/"
                    + conversation.conversationId)
            .setTimeout(PATIENCE.toMillis())
            .putHeader("User-Agent", USER_AGENT)
            .putHeader("Accept", "application/json")
            .putHeader("Authorization", "Bearer " + token(conversation.user));
    return Uni.createFrom()
        .completionStage(
            () ->
                client
                    .request(request)
                    .compose(io.vertx.core.http.HttpClientRequest::send)
                    .compose(this::active)
                    .toCompletionStage());
  }

  private io.vertx.core.Future<Boolean> active(HttpClientResponse response) {
    if (response.statusCode() != 200) {
      return io.vertx.core.Future.failedFuture("status " + response.statusCode());
    }
    return response.body().map(body -> body.toJsonObject().getBoolean("active", false));
  }

  private String token(String user) {
    byte[] secret = config.jwtSecret().orElse("").getBytes(StandardCharsets.UTF_8);
    Instant now = clock.instant();
    return Jwt.claim("id", user)
        .issuedAt(now)
        .expiresAt(now.plus(TOKEN_LIFE))
        .jws()
        .algorithm(SignatureAlgorithm.HS256)
        .sign(new SecretKeySpec(secret, "HmacSHA256"));
  }
}
