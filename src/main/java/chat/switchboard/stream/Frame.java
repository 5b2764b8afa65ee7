package chat.switchboard.stream;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;

/** Bytes as the event-stream format of the HTML standard has them. */
final class Frame {

  static final Buffer CONNECTED = Buffer.buffer(": connected\n\n");
  static final Buffer KEEP_ALIVE = Buffer.buffer(": keep-alive\n\n");
  static final Buffer RESYNC = Buffer.buffer("event: resync\ndata: {\"type\":\"resync\"}\n\n");
  static final Buffer TOKEN_EXPIRED =
      Buffer.buffer("event: tokenExpired\ndata: {\"type\":\"tokenExpired\"}\n\n");

  private Frame() {}

  /** Tells the client how long to wait before it connects again. */
  static Buffer retry(Duration after) {
    return Buffer.buffer("retry: " + after.toMillis() + "\n\n");
  }

  /**
   * An event.
   *
   * @param id made of digits, letters and a dash, so that it cannot end the line
   * @param json on one line, as JSON without indentation is: it escapes line ends within strings
   */
  static Buffer event(String id, String name, String json) {
    return Buffer.buffer("id: " + id + "\nevent: " + name + "\ndata: " + json + "\n\n");
  }
}
