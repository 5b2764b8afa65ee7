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
 * Twilio's HTTP client, made to try once. As it comes, a request that meets a 5xx is sent three
 * times, and the client below it tries once more after 429, 503 or a broken connection: each of
 * them could be a second text. It also tells whether a request has left: only what has not can be
 * tried again without a thought. And it reads an answer of bounded size, within a bounded time: as
 * they come, both clients read whatever is sent, however slowly.
 */
final class OneTryClient extends NetworkHttpClient {

  /** Set by the thread that sends, which is the one that asks. */
  private static final ThreadLocal<Boolean> LEFT = new ThreadLocal<>();

  /** In bytes; a message of Twilio's has some 2,000. */
  static final int LONGEST_ANSWER = 256 * 1024;

  private static final int LONGEST_HEADER = 8 * 1024;
  private static final int MOST_HEADERS = 100;

  /** Says that the answer was not read to its end. */
  static final class AnswerTooLarge extends IOException {
    private static final long serialVersionUID = 1L;

    AnswerTooLarge() {
      super("The answer is larger than " + LONGEST_ANSWER + " bytes");
    }
  }

  private final ScheduledThreadPoolExecutor limits;

  /**
   * @param readTimeout how long the other side may be silent; the whole answer may take twice that
   * @param connections how many requests may be under way
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
        // A small answer could become a large one.
        .disableContentCompression()
        // A kept connection may have been closed by the other side, and then it cannot be told
        // whether a request on it was read.
        .setConnectionReuseStrategy((request, response, context) -> false)
        // The last before the request is written: the connection is there by then.
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
                // Read to its end or given up, no connection serves twice.
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

  /** Whether the request that this thread made last has left, or may have. */
  static boolean hasLeft() {
    return !Boolean.FALSE.equals(LEFT.get());
  }
}
