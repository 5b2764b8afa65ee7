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
import java.time.Duration;
import java.util.Optional;

/**
 * Sends a request to one of Twilio's other APIs ({@code messaging.twilio.com}, {@code
 * content.twilio.com}), once and without blocking. Texts go by {@link TwilioCarrier}.
 */
@ApplicationScoped
class TwilioPost {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int LONGEST_ANSWER = 64 * 1024;

  /** Twilio answers within some 200 ms: 20 requests a second, more than the texts of a number. */
  private static final int CONNECTIONS = 4;

  /** Further requests fail at once: a typing indicator, or buttons, are not worth a wait. */
  private static final int WAITING = 64;

  private final TwilioApi api;
  private final HttpClient client;

  TwilioPost(TwilioApi api, Vertx vertx) {
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
                        .setAbsoluteURI(api.base(product) + path)
                        .setTimeout(TIMEOUT.toMillis())
                        .putHeader("Authorization", authorization)
                        .putHeader("Accept", "application/json")
                        .putHeader("Content-Type", contentType),
                    body,
                    TIMEOUT,
                    LONGEST_ANSWER));
  }
}
