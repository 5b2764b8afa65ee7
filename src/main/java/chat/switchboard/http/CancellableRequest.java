package chat.switchboard.http;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Opens a request that ends with its {@link Uni}. When the Uni has an item or a failure, or its
 * subscriber cancels (a timeout, for example), the class resets the request: otherwise the rest of
 * the response would still arrive although no caller waits for the response. After a whole response
 * the reset does nothing.
 */
public final class CancellableRequest {

  private CancellableRequest() {}

  /** Sends an open request, and completes the emitter. */
  @FunctionalInterface
  public interface Exchange<T> {
    void run(HttpClientRequest call, UniEmitter<? super T> emitter);
  }

  /**
   * Opens the request, and then runs the exchange.
   *
   * @return the result of the exchange; a failure if the client opens no request
   */
  public static <T> Uni<T> open(HttpClient client, RequestOptions request, Exchange<T> exchange) {
    return Uni.createFrom()
        .emitter(
            emitter -> {
              // The callback may run after the timeout, if the pool had no free connection before.
              AtomicBoolean isOver = new AtomicBoolean();
              AtomicReference<HttpClientRequest> sent = new AtomicReference<>();
              emitter.onTermination(
                  () -> {
                    isOver.set(true);
                    HttpClientRequest call = sent.get();
                    if (call != null) {
                      call.reset();
                    }
                  });
              client
                  .request(request)
                  .onFailure(emitter::fail)
                  .onSuccess(
                      call -> {
                        sent.set(call);
                        if (isOver.get()) {
                          call.reset();
                        } else {
                          exchange.run(call, emitter);
                        }
                      });
            });
  }
}
