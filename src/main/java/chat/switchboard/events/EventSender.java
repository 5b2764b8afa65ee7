package chat.switchboard.events;

import chat.switchboard.events.SendResult.Delivered;
import chat.switchboard.events.SendResult.Failed;
import chat.switchboard.events.SendResult.Gone;
import chat.switchboard.http.CancellableRequest;
import chat.switchboard.http.Resolver;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Sends an event to its receiver once. The status of the answer decides; its body is not read to
 * the end. The host is resolved once, each of its addresses has to be public unless the operator
 * allows others, and the connection goes to one of these addresses without a second look-up. TLS
 * still verifies the certificate against the name. A redirect is a failure: its target could be a
 * private address.
 */
@Singleton
class EventSender {

  /** Standard Webhooks recommends 15 to 30 s for the whole attempt. */
  static final Duration LONGEST = Duration.ofSeconds(15);

  private static final int CONNECT_MILLIS = 5_000;
  private static final int CONNECTIONS_PER_HOST = 8;
  private static final int MAX_WAITING = 256;
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(10);

  private final HttpClient client;
  private final Resolver resolver;
  private final Clock clock;
  private final Duration longest;

  @Inject
  EventSender(Vertx vertx, Clock clock) {
    this(client(vertx), Resolver.system(vertx), clock, LONGEST);
  }

  EventSender(HttpClient client, Resolver resolver, Clock clock, Duration longest) {
    this.client = client;
    this.resolver = resolver;
    this.clock = clock;
    this.longest = longest;
  }

  static HttpClient client(Vertx vertx) {
    return vertx.createHttpClient(
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_1_1)
            .setDecompressionSupported(false)
            .setMaxHeaderSize(16 * 1024)
            .setMaxRedirects(0)
            .setVerifyHost(true)
            .setTrustAll(false)
            // The rest of an answer is not read, so a connection carries one request.
            .setKeepAlive(false)
            .setConnectTimeout(CONNECT_MILLIS)
            .setMaxWaitQueueSize(MAX_WAITING),
        new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_HOST));
  }

  /** Sends the event; never fails. */
  Uni<SendResult> send(EventEndpoint endpoint, String eventId, String body) {
    return resolver
        .resolve(endpoint.host().replaceAll("[\\[\\]]", ""))
        .map(Optional::of)
        .onFailure()
        .recoverWithItem(Optional.empty())
        .flatMap(found -> send(endpoint, eventId, body, found.orElse(List.of())))
        .ifNoItem()
        .after(longest)
        .recoverWithItem(
            () -> failed("The receiver did not answer within " + longest.toSeconds() + " s"))
        .onFailure()
        .recoverWithItem(
            failure ->
                failed(
                    "The connection to the receiver failed ("
                        + failure.getClass().getSimpleName()
                        + ")"));
  }

  private Uni<SendResult> send(
      EventEndpoint endpoint, String eventId, String body, List<InetAddress> addresses) {
    if (addresses.isEmpty()) {
      return Uni.createFrom().item(failed("The host of the receiver has no address"));
    }
    // One address that is not public is enough: the next look-up may bring it alone.
    if (!endpoint.isPrivateAllowed() && !addresses.stream().allMatch(resolver::admits)) {
      return Uni.createFrom()
          .item(
              failed(
                  "The host of the receiver has an address that is not public (allow-private"
                      + " permits it)"));
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setServer(
                SocketAddress.inetSocketAddress(
                    new InetSocketAddress(addresses.get(0), endpoint.port())))
            .setHost(endpoint.host())
            .setPort(endpoint.port())
            .setSsl(endpoint.isTls())
            .setURI(endpoint.path())
            .setFollowRedirects(false)
            .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
            .putHeader(HttpHeaders.ACCEPT_ENCODING, HttpHeaders.IDENTITY)
            .putHeader(HttpHeaders.USER_AGENT, "Switchboard");
    EventSigner.headers(endpoint.secrets(), eventId, clock.instant(), bytes)
        .forEach(request::putHeader);
    // The end of the exchange ends the connection: the answer may have no end.
    return CancellableRequest.open(
        client, request, (call, emitter) -> answer(call, Buffer.buffer(bytes), emitter));
  }

  private static void answer(
      HttpClientRequest call, Buffer body, UniEmitter<? super SendResult> emitter) {
    call.send(body)
        .onFailure(emitter::fail)
        .onSuccess(
            response -> {
              response.exceptionHandler(broken -> {});
              SendResult result = result(response);
              call.reset();
              emitter.complete(result);
            });
  }

  private static SendResult result(HttpClientResponse response) {
    int status = response.statusCode();
    if (status >= 200 && status < 300) {
      return new Delivered();
    }
    return status == 410
        ? new Gone()
        : new Failed("The receiver answered with status " + status, retryAfter(response));
  }

  private static Optional<Duration> retryAfter(HttpClientResponse response) {
    String seconds = response.getHeader(HttpHeaders.RETRY_AFTER);
    return seconds != null && seconds.matches("\\d{1,9}")
        ? Optional.of(Duration.ofSeconds(Long.parseLong(seconds)))
            .map(after -> after.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : after)
        : Optional.empty();
  }

  private static SendResult failed(String cause) {
    return new Failed(cause, Optional.empty());
  }
}
