package chat.switchboard.http;

import io.smallrye.mutiny.Uni;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/**
 * Sends one small request to another service, with a timeout of a few seconds and without retries.
 */
@ApplicationScoped
public class HttpProbe {

  /** Less than the timeout of one check of the doctor, 6 s (api.DoctorDoor). */
  private static final Duration TIMEOUT = Duration.ofSeconds(4);

  /** LibreChat's page, a provider's keys and a list of Twilio's numbers are smaller. */
  private static final int LONGEST_ANSWER = 1024 * 1024;

  private final HttpClient client;

  HttpProbe(Vertx vertx) {
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) TIMEOUT.toMillis())
                .setMaxPoolSize(4)
                .setMaxWaitQueueSize(64));
  }

  @PreDestroy
  void close() {
    client.close();
  }

  /**
   * The response of another service.
   *
   * @param date the time of the response, by the other service's clock
   * @param headers the headers; their names are case-insensitive
   * @param body at most 1 MiB
   */
  public record Answer(int status, Optional<Instant> date, MultiMap headers, String body) {

    /** A response whose headers do not matter. */
    public Answer(int status, Optional<Instant> date, String body) {
      this(status, date, MultiMap.caseInsensitiveMultiMap(), body);
    }
  }

  /**
   * Sends a GET request. Redirects are not followed, so that no header (such as a token) reaches
   * another host.
   */
  public Uni<Answer> get(String url, Map<String, String> headers) {
    RequestOptions options;
    try {
      options =
          new RequestOptions()
              .setMethod(HttpMethod.GET)
              .setAbsoluteURI(url)
              .setTimeout(TIMEOUT.toMillis());
    } catch (RuntimeException malformed) {
      return Uni.createFrom().failure(new IllegalArgumentException("The address is malformed"));
    }
    headers.forEach(options::putHeader);
    return BoundedExchange.send(client, options, null, TIMEOUT, LONGEST_ANSWER)
        .map(
            answer ->
                new Answer(
                    answer.status(),
                    date(answer.headers().get(HttpHeaders.DATE)),
                    answer.headers(),
                    answer.body()));
  }

  private static Optional<Instant> date(String header) {
    try {
      return Optional.ofNullable(header)
          .map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException malformed) {
      return Optional.empty();
    }
  }
}
