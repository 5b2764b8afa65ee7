package chat.switchboard.http;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request to another service and reads the whole response, within a time and a size. A
 * response that is slower or larger is a failure, and the connection is reset: otherwise the rest
 * of the response would still arrive although no caller waits for it.
 */
public final class BoundedExchange {

  private BoundedExchange() {}

  /** The response is larger than allowed; the connection is reset. */
  public static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLarge(int maxBytes) {
      super("The response is larger than " + maxBytes + " bytes", null, false, false);
    }
  }

  /** A response with any status. */
  public record Answer(int status, MultiMap headers, String body) {}

  /**
   * Sends a request and reads the whole answer.
   *
   * @param body the body of the request; null for none
   * @param within the time from the request to the last byte of the response
   * @param maxBytes the limit of the response's body, in bytes
   */
  public static Uni<Answer> send(
      HttpClient client,
      RequestOptions request,
      @Nullable String body,
      Duration within,
      int maxBytes) {
    return Uni.createFrom()
        .<Answer>emitter(
            answer -> {
              // The callback may run after the timeout, if the pool had no free connection before.
              AtomicBoolean isOver = new AtomicBoolean();
              AtomicReference<HttpClientRequest> sent = new AtomicReference<>();
              answer.onTermination(
                  () -> {
                    isOver.set(true);
                    reset(sent.get());
                  });
              client
                  .request(request)
                  .onFailure(answer::fail)
                  .onSuccess(
                      call -> {
                        sent.set(call);
                        if (isOver.get()) {
                          call.reset();
                        } else {
                          send(call, body, maxBytes, answer);
                        }
                      });
            })
        .ifNoItem()
        .after(within)
        .fail();
  }

  /** After the whole response the reset does nothing. */
  private static void reset(@Nullable HttpClientRequest call) {
    if (call != null) {
      call.reset();
    }
  }

  private static void send(
      HttpClientRequest call,
      @Nullable String body,
      int maxBytes,
      UniEmitter<? super Answer> answer) {
    Future<HttpClientResponse> sent = body == null ? call.send() : call.send(body);
    sent.onFailure(answer::fail).onSuccess(response -> read(response, maxBytes, answer));
  }

  private static void read(
      HttpClientResponse response, int maxBytes, UniEmitter<? super Answer> answer) {
    Buffer body = Buffer.buffer();
    response.exceptionHandler(answer::fail);
    response.handler(
        part -> {
          if (body.length() + part.length() > maxBytes) {
            answer.fail(new TooLarge(maxBytes));
          } else {
            body.appendBuffer(part);
          }
        });
    response.endHandler(
        ended ->
            answer.complete(
                new Answer(
                    response.statusCode(),
                    response.headers(),
                    body.toString(StandardCharsets.UTF_8))));
  }
}
