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
   * Opens a stream that begins here: the retry time, and the id with which a client that hears
   * nothing more comes back. The id stands on an event with data, since most client libraries (npm
   * eventsource and eventsource-client, okhttp-sse, LaunchDarkly's okhttp-eventsource,
   * sseclient-py) take ids from the events that they dispatch alone, and dispatch none without
   * data.
   */
  static Buffer begin(Duration retry, EventId id) {
    return Buffer.buffer(
        "retry: " + retry.toMillis() + "\nid: " + id + "\nevent: connected\ndata: {}\n\n");
  }

  /** Tells the client to refetch, and that what comes later can be asked for from here. */
  static Buffer resyncAt(EventId id) {
    return Buffer.buffer("id: " + id + "\n").appendBuffer(resync());
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
        "id: " + id + "\nevent: " + oneLine(name) + "\ndata: " + escaped(oneLine(json)) + "\n\n");
  }

  /** An event without an id: the place that a client comes back to stays where it was. */
  static Buffer event(String name, String json) {
    return Buffer.buffer("event: " + oneLine(name) + "\ndata: " + escaped(oneLine(json)) + "\n\n");
  }

  /**
   * Escapes the three line ends that JSON may hold as they are. The event-stream format knows only
   * CR and LF, but clients that split lines as Python's {@code str.splitlines} and JavaScript's
   * regular expressions do end a line at these as well. Outside of a string JSON has none of them.
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
