package chat.switchboard.dev;

import chat.switchboard.http.BoundedExchange;
import chat.switchboard.twilio.TwilioCredentialsConfig;
import chat.switchboard.twilio.TwilioSignature;
import io.quarkus.arc.profile.IfBuildProfile;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Posts a form to this service as Twilio does: signed, and over the network. */
@IfBuildProfile("dev")
@ApplicationScoped
class SignedPost {

  /** Twilio's own timeout. */
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  /** TwiML with the longest text, and an error, are far smaller. */
  private static final int MOST_BYTES = 64 * 1024;

  private final HttpClient client;
  private final String authToken;

  SignedPost(TwilioCredentialsConfig config, Vertx vertx) {
    this.client =
        vertx.createHttpClient(new HttpClientOptions().setMaxPoolSize(8).setMaxWaitQueueSize(64));
    this.authToken = config.authTokens().orElse(List.of()).stream().findFirst().orElse("").strip();
  }

  @PreDestroy
  void close() {
    client.close();
  }

  /**
   * @param port the port of this service on this machine
   * @param signedUrl the address that Twilio would have called
   */
  Uni<BoundedExchange.Answer> send(
      int port, String pathAndQuery, String signedUrl, Map<String, String> fields) {
    String form =
        fields.entrySet().stream()
            .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
            .collect(Collectors.joining("&"));
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI(pathAndQuery)
            .putHeader(HttpHeaders.CONTENT_TYPE, "application/x-www-form-urlencoded")
            .putHeader("X-Twilio-Signature", TwilioSignature.of(authToken, signedUrl, fields));
    return BoundedExchange.send(client, request, form, TIMEOUT, MOST_BYTES);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
