package chat.switchboard.twilio;

import chat.switchboard.http.BoundedExchange;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Sends a request to one of Twilio's other APIs ({@code messaging.twilio.com}), once and without
 * blocking. Texts go by {@link TwilioCarrier}.
 */
@ApplicationScoped
class TwilioPost {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int LONGEST_ANSWER = 64 * 1024;
  private static final int CONNECTIONS = 4;
  private static final int WAITING = 64;

  private final TwilioConfig config;
  private final TwilioApi api;
  private final HttpClient client;

  TwilioPost(TwilioConfig config, TwilioApi api, Vertx vertx) {
    this.config = config;
    this.api = api;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) TIMEOUT.toMillis())
                .setMaxPoolSize(CONNECTIONS)
                .setMaxWaitQueueSize(WAITING));
  }

  @PreDestroy
  void close() {
    client.close();
  }

  /**
   * Sends the body; fails if no response arrives within 5 s.
   *
   * @param product the first name of the API's host, such as {@code messaging}
   * @return empty without credentials
   */
  Optional<Uni<BoundedExchange.Answer>> send(
      String product, String path, String contentType, String body) {
    return api.authorization()
        .map(
            authorization ->
                BoundedExchange.send(
                    client,
                    new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setAbsoluteURI(base(config.apiUrl(), product) + path)
                        .setTimeout(TIMEOUT.toMillis())
                        .putHeader("Authorization", authorization)
                        .putHeader("Accept", "application/json")
                        .putHeader("Content-Type", contentType),
                    body,
                    TIMEOUT,
                    LONGEST_ANSWER));
  }

  /**
   * Returns the base URL of another API of Twilio's: {@code https://messaging.twilio.com} beside
   * {@code https://api.twilio.com}, also in a region. Any other address has all APIs.
   */
  static String base(String apiUrl, String product) {
    String base = apiUrl.strip().replaceAll("/+$", "");
    String host = Optional.ofNullable(URI.create(base).getHost()).orElse("");
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.startsWith("api.") && lower.endsWith(".twilio.com")
        ? base.replace(host, product + host.substring("api".length()))
        : base;
  }
}
