package chat.switchboard.twilio;

import com.twilio.http.NetworkHttpClient;
import com.twilio.http.Request;
import com.twilio.http.Response;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;

/**
 * Twilio's HTTP client, made to try once. As it comes, a request that meets a 5xx is sent three
 * times, and the client below it tries once more after 429, 503 or a broken connection: each of
 * them could be a second text. It also tells whether a request has left: only what has not can be
 * tried again without a thought.
 */
final class OneTryClient extends NetworkHttpClient {

  /** Set by the thread that sends, which is the one that asks. */
  private static final ThreadLocal<Boolean> LEFT = new ThreadLocal<>();

  OneTryClient(Duration connectTimeout, Duration readTimeout, int connections) {
    super(builder(connectTimeout, readTimeout, connections));
  }

  private static HttpClientBuilder builder(
      Duration connectTimeout, Duration readTimeout, int connections) {
    return HttpClientBuilder.create()
        .setConnectionManager(
            PoolingHttpClientConnectionManagerBuilder.create()
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
        // A kept connection may have been closed by the other side, and then it cannot be told
        // whether a request on it was read.
        .setConnectionReuseStrategy((request, response, context) -> false)
        // The last before the request is written: the connection is there by then.
        .addExecInterceptorLast(
            "left",
            (request, scope, chain) -> {
              LEFT.set(true);
              return chain.proceed(request, scope);
            });
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
