package chat.switchboard.feed;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How this process takes part in the feed: as the reader of LibreChat's messages, or as a follower
 * of the reader's entries. Both poll, and both follow a change stream where the server has one.
 */
interface FeedRole {

  /** The age before the first successful poll, about 68 years. */
  Duration UNKNOWN = Duration.ofSeconds(Integer.MAX_VALUE);

  /**
   * Begins; called before all other methods each time that the process takes the role.
   *
   * @param atStart whether this is the first role of the process: every client has connected after
   *     the messages from before the start of the process
   * @param age the time since the start of the process; clients connect after some seconds, also if
   *     the process has no role yet
   */
  Uni<Void> begin(boolean atStart, Duration age);

  /**
   * Polls once.
   *
   * @return the age of the oldest message that only this poll has found; zero if the poll found
   *     none, or found old messages because the role has just begun
   */
  Uni<Duration> look();

  /** Whether the last poll left messages for the next poll, which should follow at once. */
  boolean isBehind();

  /**
   * Follows the change stream from the last position on.
   *
   * @param broken called once when the change stream ends, with the failure or null
   */
  Cancellable follow(Consumer<Throwable> broken);

  /** Whether {@link #follow} continues at a position. */
  boolean hasPosition();

  /** The server has lost the position: {@link #follow} begins at the present. */
  void forgetPosition();

  /** The time since the last successful poll; {@link #UNKNOWN} before the first. */
  Duration age();
}
