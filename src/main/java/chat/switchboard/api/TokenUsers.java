package chat.switchboard.api;

import chat.switchboard.http.FailedAuthentications;
import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.BearerTokens;
import chat.switchboard.librechat.StreamUser;
import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.mongo.DatabaseRetry;
import chat.switchboard.ops.MachineTime;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds the user of a request of LibreChat's page. The proof is LibreChat's access token in the
 * header {@code Authorization}, as for the stream: no cookie, so that no other page can use the
 * reader's session.
 */
@ApplicationScoped
class TokenUsers {

  private static final String BEARER = "bearer ";

  private final BearerTokens tokens;
  private final FailedAuthentications failures;
  private final DatabaseConfig databaseConfig;
  private final Clock clock;

  TokenUsers(
      BearerTokens tokens,
      FailedAuthentications failures,
      DatabaseConfig databaseConfig,
      @MachineTime Clock clock) {
    this.tokens = tokens;
    this.failures = failures;
    this.databaseConfig = databaseConfig;
    this.clock = clock;
  }

  /**
   * Answers for the user of the token; fails with 401 without a valid token.
   *
   * @param door the door's name, for the metric of failed authentications
   */
  <T> Uni<T> answer(RoutingContext request, String door, Function<String, Uni<T>> then) {
    return token(request)
        .map(token -> DatabaseRetry.within(databaseConfig.timeout(), tokens.verify(token)))
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .map(found -> found.filter(user -> user.expiresAt().isAfter(clock.instant())))
        .map(found -> found.map(StreamUser::user).orElseThrow(() -> unauthorized(request, door)))
        .flatMap(user -> then.apply(user));
  }

  private static Optional<String> token(RoutingContext request) {
    return Optional.ofNullable(request.request().getHeader("Authorization"))
        .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(BEARER))
        .map(header -> header.substring(BEARER.length()).strip());
  }

  /** One general sentence for every cause. */
  private ProblemException unauthorized(RoutingContext request, String door) {
    return failures.answer(
        door,
        request.request().remoteAddress().hostAddress(),
        ProblemException.of(401, "A valid LibreChat access token is needed"));
  }
}
