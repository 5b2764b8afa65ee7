package chat.switchboard.twilio;

import com.twilio.http.NetworkHttpClient;
import com.twilio.http.Request;
import com.twilio.http.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * Twilio's HTTP client without retries. By default twilio-java sends a request three times after a
 * 5xx, and the Apache client below retries once after 429, 503 or a broken connection: each retry
 * could be a second text. The class also tells whether a request was sent: only a request that was
 * not sent can be retried safely. The class reads a response of bounded size within a bounded time:
 * by default both clients read a response of any size at any speed.
 */
final class OneTryClient extends NetworkHttpClient {

  /** Set by the sending thread, which also reads the flag. */
  private static final ThreadLocal<Boolean> LEFT = new ThreadLocal<>();

  /** In bytes; the response for a message has about 2,000. */
  static final int LONGEST_ANSWER = 256 * 1024;

  private static final int LONGEST_HEADER = 8 * 1024;
  private static final int MOST_HEADERS = 100;

  /** The response was not read completely. */
  static final class AnswerTooLarge extends IOException {
    private static final long serialVersionUID = 1L;

    AnswerTooLarge() {
      super("The response is larger than " + LONGEST_ANSWER + " bytes");
    }
  }

  private final ScheduledThreadPoolExecutor limits;

  /**
   * @param readTimeout how long the server may send no byte; the whole response may take twice as
   *     long
   * @param connections the maximum number of concurrent requests
   */
  OneTryClient(Duration connectTimeout, Duration readTimeout, int connections) {
    this(connectTimeout, readTimeout, connections, timer());
  }

  private OneTryClient(
      Duration connectTimeout,
      Duration readTimeout,
      int connections,
      ScheduledThreadPoolExecutor limits) {
    super(builder(connectTimeout, readTimeout, connections, limits));
    this.limits = limits;
  }

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "twilio-limits");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  void stop() {
    limits.shutdown();
  }

  private static HttpClientBuilder builder(
      Duration connectTimeout,
      Duration readTimeout,
      int connections,
      ScheduledThreadPoolExecutor limits) {
    return HttpClientBuilder.create()
        .setConnectionManager(
            PoolingHttpClientConnectionManagerBuilder.create()
                .setConnectionFactory(
                    ManagedHttpClientConnectionFactory.builder()
                        .http1Config(
                            Http1Config.custom()
                                .setMaxLineLength(LONGEST_HEADER)
                                .setMaxHeaderCount(MOST_HEADERS)
                                .build())
                        .build())
                .setDefaultConnectionConfig(
                    ConnectionConfig.custom()
                        .setConnectTimeout(connectTimeout.toMillis(), TimeUnit.MILLISECONDS)
                        .setSocketTimeout((int) readTimeout.toMillis(), TimeUnit.MILLISECONDS)
                        .build())
                .setMaxConnPerRoute(connections)
                .setMaxConnTotal(connections)
                .build())
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setConnectionRequestTimeout(connectTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .setResponseTimeout(readTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .setRedirectsEnabled(false)
                .build())
        .disableAutomaticRetries()
        // A small compressed response could expand to a large one.
        .disableContentCompression()
        // The server may have closed a kept connection, and then whether the server read the
        // request is unknown.
        .setConnectionReuseStrategy((request, response, context) -> false)
        // The last step before the request is written: the connection is open.
        .addExecInterceptorLast(
            "left",
            (request, scope, chain) -> {
              LEFT.set(true);
              ScheduledFuture<?> limit =
                  limits.schedule(
                      scope.execRuntime::discardEndpoint,
                      2 * readTimeout.toMillis(),
                      TimeUnit.MILLISECONDS);
              try {
                return read(chain.proceed(request, scope));
              } finally {
                limit.cancel(false);
                // No connection is used for a second request.
                scope.execRuntime.discardEndpoint();
              }
            });
  }

  private static ClassicHttpResponse read(ClassicHttpResponse response) throws IOException {
    HttpEntity entity = response.getEntity();
    if (entity == null) {
      return response;
    }
    byte[] body = entity.getContent().readNBytes(LONGEST_ANSWER + 1);
    if (body.length > LONGEST_ANSWER) {
      throw new AnswerTooLarge();
    }
    response.setEntity(new ByteArrayEntity(body, null));
    return response;
  }

  @Override
  public Response reliableRequest(Request request, int[] retryCodes, int retries, long delay) {
    LEFT.set(false);
    return makeRequest(request);
  }

  /** Whether the last request of this thread was sent, or may have been sent. */
  static boolean hasLeft() {
    return !Boolean.FALSE.equals(LEFT.get());
  }
}
