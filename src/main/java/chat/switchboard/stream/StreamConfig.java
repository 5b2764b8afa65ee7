package chat.switchboard.stream;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The event stream. */
@ConfigMapping(prefix = "switchboard.stream")
public interface StreamConfig {

  /** After how much silence a comment keeps the connection alive. */
  @WithDefault("15s")
  Duration keepAlive();

  /** How long a client waits before it connects again; sent to it in milliseconds. */
  @WithDefault("3s")
  Duration retry();

  /** How many events may wait for one slow client before it is told to refetch, and let go. */
  @WithDefault("256")
  int buffer();

  /** Streams that one user may have open; one more is answered with 429. */
  @WithDefault("20")
  int maxPerUser();

  /** Streams that may be open in all; one more is answered with 503. */
  @WithDefault("20000")
  int maxTotal();

  /**
   * How long a stream lasts at most, less up to a tenth of it, so that streams that began together
   * do not end together; the client comes back and is told what it missed.
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

  /** How many missed events are told again; a client that missed more is told to refetch. */
  @WithDefault("500")
  int replayEvents();

  /** How old the last event of a client may be; one that is older has to refetch. */
  @WithDefault("24h")
  Duration replayAge();
}
