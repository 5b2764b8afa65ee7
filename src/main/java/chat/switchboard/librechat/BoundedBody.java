package chat.switchboard.librechat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;

/** Reads the body of an answer into memory, up to a limit. */
final class BoundedBody {

  private BoundedBody() {}

  /** The body is larger than the limit; the connection is closed. */
  static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLarge(int limit) {
      super("The answer is larger than " + limit + " bytes", null, false, false);
    }
  }

  /**
   * @param limit in bytes
   * @return the body; failed with {@link TooLarge} above the limit
   */
  static Future<Buffer> read(HttpClientResponse response, int limit) {
    Promise<Buffer> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    response.exceptionHandler(whole::tryFail);
    response.handler(
        part -> {
          if (body.length() + part.length() > limit) {
            whole.tryFail(new TooLarge(limit));
            response.request().reset();
          } else {
            body.appendBuffer(part);
          }
        });
    response.endHandler(ended -> whole.tryComplete(body));
    return whole.future();
  }
}
