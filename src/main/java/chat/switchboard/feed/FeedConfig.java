package chat.switchboard.feed;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The feed: how this process learns of new messages in LibreChat's database. */
@ConfigMapping(prefix = "switchboard.stream")
public interface FeedConfig {

  /**
   * How this process hears of messages that others wrote: {@code changes}, the change stream of a
   * replica set or a sharded cluster; {@code poll}, by looking; {@code auto}, whichever the server
   * has.
   */
  @WithDefault("auto")
  FeedSource feed();

  /** The interval between two polls, where the server has no change stream. */
  @WithDefault("500ms")
  Duration pollInterval();

  /**
   * How far it looks back each time: more than any two clocks differ, and more than a write takes.
   */
  @WithDefault("5s")
  Duration overlap();

  /** The time since the last successful poll after which the service is not ready. */
  @WithDefault("30s")
  Duration maxFeedLag();

  /** How a process hears of messages that others wrote. */
  enum FeedSource {
    AUTO,
    CHANGES,
    POLL
  }
}
