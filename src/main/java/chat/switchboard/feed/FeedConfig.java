package chat.switchboard.feed;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The feed: how this process learns of new messages in LibreChat's database. */
@ConfigMapping(prefix = "switchboard.stream")
public interface FeedConfig {

  /**
   * How this process detects messages of other writers: {@code changes} uses the change stream of a
   * replica set or a sharded cluster; {@code poll} polls the database; {@code auto} uses the change
   * stream if the server has one.
   */
  @WithDefault("auto")
  FeedSource feed();

  /** The interval between two polls if the server has no change stream. */
  @WithDefault("500ms")
  Duration pollInterval();

  /**
   * How far each poll reaches back before the previous poll: more than the difference of any two
   * clocks, and more than the time of a write.
   */
  @WithDefault("5s")
  Duration overlap();

  /**
   * The maximum age of a client's last event; a client with an older event is told to refetch. The
   * entries of {@code switchboard_feed} are kept for an hour longer.
   */
  @WithDefault("24h")
  Duration replayAge();

  /** The time since the last successful poll after which the service is not ready. */
  @WithDefault("30s")
  Duration maxFeedLag();

  /** How a process detects messages of other writers. */
  enum FeedSource {
    AUTO,
    CHANGES,
    POLL
  }
}
