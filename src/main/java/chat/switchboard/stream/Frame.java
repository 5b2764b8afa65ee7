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

  /** Tells the client where it is, without an event: from here on it can ask what it missed. */
  static Buffer place(EventId id) {
    return Buffer.buffer("id: " + id + "\n\n");
  }

  /** Tells the client to refetch, and that what comes later can be asked for from here. */
  static Buffer resyncAt(EventId id) {
    return Buffer.buffer("id: " + id + "\n").appendBuffer(RESYNC);
  }

  /**
   * An event.
   *
   * @param name the event's name
   * @param json on one line
   * @throws IllegalArgumentException for a CR, LF or NUL, with which a field would end and another
   *     begin
   */
  static Buffer event(EventId id, String name, String json) {
    return Buffer.buffer(
        "id: " + id + "\nevent: " + oneLine(name) + "\ndata: " + oneLine(json) + "\n\n");
  }

  private static String oneLine(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\r' || c == '\n' || c == '\0') {
        throw new IllegalArgumentException("A field of an event is one line");
      }
    }
    return value;
  }
}
