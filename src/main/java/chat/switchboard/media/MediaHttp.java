package chat.switchboard.media;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The HTTP client for files of other servers. */
final class MediaHttp {

  /** Each fetch has a connection; more than so many files at once wait. */
  private static final int CONNECTIONS_PER_HOST = 8;

  private static final int MAX_WAITING = 64;

  private MediaHttp() {}

  /**
   * The options that {@link MediaFetcher} relies on.
   *
   * @param silence after which a connection without bytes ends: the timeout of a request ends with
   *     the head of its answer
   */
  static HttpClientOptions options(Duration silence) {
    return new HttpClientOptions()
        .setProtocolVersion(HttpVersion.HTTP_1_1)
        // A compressed bomb stays small on the way, and is refused.
        .setDecompressionSupported(false)
        .setMaxHeaderSize(16 * 1024)
        .setMaxRedirects(0)
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout((int) silence.toMillis())
        .setVerifyHost(true)
        .setTrustAll(false)
        .setMaxWaitQueueSize(MAX_WAITING);
  }

  static HttpClient client(Vertx vertx, HttpClientOptions options) {
    return vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_HOST));
  }
}
