package chat.switchboard.http;

import io.smallrye.mutiny.Multi;
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
import org.jspecify.annotations.Nullable;

/**
 * Sends a request to another service and reads the whole response, within a time and a size. A
 * response that is slower or larger is a failure, and the connection is reset.
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
    return CancellableRequest.<Answer>open(
            client, request, (call, answer) -> send(call, body, maxBytes, answer))
        .ifNoItem()
        .after(within)
        .fail();
  }

  /**
   * Streams a body of known length, and reads the whole answer; the service may answer before it
   * has the whole body.
   *
   * @param request with the header Content-Length
   * @param within the time from the request to the last byte of the response
   * @param maxBytes the limit of the response's body, in bytes
   */
  public static Uni<Answer> stream(
      HttpClient client,
      RequestOptions request,
      Multi<Buffer> body,
      Duration within,
      int maxBytes) {
    return CancellableRequest.<Answer>open(
            client,
            request,
            (call, answer) -> {
              call.response()
                  .onFailure(answer::fail)
                  .onSuccess(response -> read(response, maxBytes, answer));
              BufferStream.onCurrentContext(body)
                  .pipe()
                  .endOnFailure(false)
                  .to(call)
                  .onFailure(
                      failure -> {
                        call.reset();
                        answer.fail(failure);
                      });
            })
        .ifNoItem()
        .after(within)
        .fail();
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
