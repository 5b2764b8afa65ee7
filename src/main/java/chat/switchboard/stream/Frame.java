package chat.switchboard.stream;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;

/**
 * The bytes of an event in the event-stream format of the HTML standard. No static field holds a
 * buffer: the build of a native image fills static fields, and Netty's memory for buffers exists
 * only at run time.
 */
final class Frame {

  private Frame() {}

  static Buffer connected() {
    return Buffer.buffer(": connected\n\n");
  }

  static Buffer keepAlive() {
    return Buffer.buffer(": keep-alive\n\n");
  }

  static Buffer resync() {
    return Buffer.buffer("event: resync\ndata: {\"type\":\"resync\"}\n\n");
  }

  static Buffer tokenExpired() {
    return Buffer.buffer("event: tokenExpired\ndata: {\"type\":\"tokenExpired\"}\n\n");
  }

  /** Tells the client how long to wait before it connects again. */
  static Buffer retry(Duration after) {
    return Buffer.buffer("retry: " + after.toMillis() + "\n\n");
  }

  /**
   * Opens a new stream: the retry time, and the id that a client without any further event sends
   * when it reconnects. The id is part of an event with data, since most client libraries (npm
   * eventsource and eventsource-client, okhttp-sse, LaunchDarkly's okhttp-eventsource,
   * sseclient-py) take ids only from events that they dispatch, and do not dispatch an event
   * without data.
   */
  static Buffer begin(Duration retry, EventId id) {
    return Buffer.buffer(
        "retry: " + retry.toMillis() + "\nid: " + id + "\nevent: connected\ndata: {}\n\n");
  }

  /** Tells the client to refetch, and gives the id from which the client can resume. */
  static Buffer resyncAt(EventId id) {
    return Buffer.buffer("id: " + id + "\n").appendBuffer(resync());
  }

  /**
   * An event.
   *
   * @param name the event's name
   * @param json on one line
   * @throws IllegalArgumentException for a CR, LF or NUL, which would end the field and begin
   *     another
   */
  static Buffer event(EventId id, String name, String json) {
    return Buffer.buffer(
        "id: " + id + "\nevent: " + oneLine(name) + "\ndata: " + escaped(oneLine(json)) + "\n\n");
  }

  /** An event without an id: the position from which the client resumes does not change. */
  static Buffer event(String name, String json) {
    return Buffer.buffer("event: " + oneLine(name) + "\ndata: " + escaped(oneLine(json)) + "\n\n");
  }

  /**
   * Escapes the three line ends that JSON permits unescaped. The event-stream format knows only CR
   * and LF, but clients that split lines as Python's {@code str.splitlines} and JavaScript's
   * regular expressions also end a line at these three. JSON has these characters only inside
   * strings.
   */
  private static String escaped(String json) {
    if (json.indexOf('\u0085') < 0 && json.indexOf('\u2028') < 0 && json.indexOf('\u2029') < 0) {
      return json;
    }
    return json.replace("\u0085", "\\u0085")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
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
