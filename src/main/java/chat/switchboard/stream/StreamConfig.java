package chat.switchboard.stream;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The event stream. */
@ConfigMapping(prefix = "switchboard.stream")
public interface StreamConfig {

  /** The time without an event after which a comment is sent to keep the connection alive. */
  @WithDefault("15s")
  Duration keepAlive();

  /** How long a client waits before it reconnects; sent to the client in milliseconds. */
  @WithDefault("3s")
  Duration retry();

  /**
   * The maximum number of events that wait for a slow client; after that the client is told to
   * refetch and is disconnected.
   */
  @WithDefault("256")
  int buffer();

  /** The maximum number of open streams of one user; further requests get 429. */
  @WithDefault("20")
  int maxPerUser();

  /** The maximum number of open streams in this process; further requests get 503. */
  @WithDefault("20000")
  int maxTotal();

  /**
   * The longest duration of a stream, shortened by a random time of up to a tenth, so that streams
   * that began together do not end together. The client reconnects and gets the events that it
   * missed.
   */
  @WithDefault("1h")
  Duration lifetime();

  /**
   * TCP user timeout (Linux): how long sent data may stay unacknowledged before the kernel closes
   * the connection (RFC 5482). Data is sent after {@code switchboard.stream.keep-alive} at the
   * latest.
   */
  @WithDefault("12s")
  Duration tcpUserTimeout();

  /**
   * The maximum number of missed events that are replayed; a client that missed more is told to
   * refetch.
   */
  @WithDefault("500")
  int replayEvents();
}
