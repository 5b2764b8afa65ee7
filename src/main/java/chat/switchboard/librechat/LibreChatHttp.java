package chat.switchboard.librechat;

import chat.switchboard.ops.JwtSecretConfig;
import chat.switchboard.ops.MachineTime;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.build.Jwt;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;

/**
 * Calls LibreChat's addresses below {@code /api/agents/chat} in the name of a conversation's owner,
 * with an access token that Switchboard issues for one minute.
 */
@Singleton
class LibreChatHttp {

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration TOKEN_LIFE = Duration.ofSeconds(60);

  /** The maximum number of connections: each followed answer holds a connection. */
  private static final int CONNECTIONS = 256;

  /** 1 MiB: LibreChat's responses other than streams have a few hundred bytes. */
  static final int LARGEST_ANSWER = 1024 * 1024;

  /**
   * Below /api/agents LibreChat serves only clients with the User-Agent of a browser, and bans the
   * others.
   */
  private static final String USER_AGENT =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0"
          + " Safari/537.36 Switchboard";

  private final LibreChatConfig libreChatConfig;
  private final JwtSecretConfig jwtSecretConfig;
  private final Clock clock;
  private final HttpClient client;

  LibreChatHttp(
      LibreChatConfig libreChatConfig,
      JwtSecretConfig jwtSecretConfig,
      @MachineTime Clock clock,
      Vertx vertx) {
    this.libreChatConfig = libreChatConfig;
    this.jwtSecretConfig = jwtSecretConfig;
    this.clock = clock;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) CONNECT.toMillis())
                .setMaxWaitQueueSize(1_024),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS));
  }

  @PreDestroy
  void close() {
    client.close();
  }

  HttpClient client() {
    return client;
  }

  /** Whether LibreChat's address is known. */
  boolean isKnown() {
    return url().isPresent();
  }

  private Optional<String> url() {
    return libreChatConfig.librechatUrl().filter(set -> !set.isBlank());
  }

  /**
   * @param path below {@code /api/agents/chat}
   * @param user the user in whose name the call is made
   * @param silence the time without a byte after which the call fails
   */
  RequestOptions request(HttpMethod method, String path, String user, Duration silence) {
    return api(method, "/api/agents/chat" + path, user, silence);
  }

  /**
   * A request to any door of LibreChat.
   *
   * @param path from the root
   */
  RequestOptions api(HttpMethod method, String path, String user, Duration silence) {
    return new RequestOptions()
        .setMethod(method)
        .setAbsoluteURI(url().orElseThrow().replaceAll("/+$", "") + path)
        .setTimeout(silence.toMillis())
        .putHeader("User-Agent", USER_AGENT)
        .putHeader("Authorization", "Bearer " + token(user));
  }

  private String token(String user) {
    byte[] secret = jwtSecretConfig.jwtSecret().orElse("").getBytes(StandardCharsets.UTF_8);
    Instant now = clock.instant();
    return Jwt.claim("id", user)
        .issuedAt(now)
        .expiresAt(now.plus(TOKEN_LIFE))
        .jws()
        .algorithm(SignatureAlgorithm.HS256)
        .sign(new SecretKeySpec(secret, "HmacSHA256"));
  }
}
