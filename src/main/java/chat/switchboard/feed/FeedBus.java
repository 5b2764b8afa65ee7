package chat.switchboard.feed;

import chat.switchboard.mongo.DatabaseName;
import chat.switchboard.ops.Timers;
import chat.switchboard.redis.RedisServer;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;

/**
 * Brings new entries of the feed from the reader to the followers by a stream in LibreChat's Redis,
 * if there is one. The stream only saves time: each entry is in {@link FeedEntries} before, and
 * whoever cannot trust the stream reads the database. Without a Redis all methods do nothing.
 */
@Singleton
class FeedBus {

  private static final String NAME = "switchboard:feed:";

  private final BusWriter writer;
  private final BusTail tail;

  @Inject
  FeedBus(RedisServer redis, FeedFollower follower, DatabaseName database, Timers timers) {
    if (redis.isConfigured()) {
      String key = redis.key(NAME + database.resolve());
      writer = new BusWriter(redis.link(), key, timers);
      tail = new BusTail(redis.link(), key, timers, follower::hear);
    } else {
      writer = null;
      tail = null;
    }
  }

  /** The feed without a Redis. */
  FeedBus() {
    writer = null;
    tail = null;
  }

  FeedBus(BusWriter writer, BusTail tail) {
    this.writer = writer;
    this.tail = tail;
  }

  /** This process reads LibreChat's messages from now on. */
  void lead() {
    if (tail != null) {
      tail.stop();
      writer.begin();
    }
  }

  /** Another process reads from now on. */
  void follow() {
    if (tail != null) {
      writer.end();
      tail.start();
    }
  }

  void stop() {
    if (tail != null) {
      writer.end();
      tail.stop();
    }
  }

  /** The reader has stored these entries, in this order. */
  void publish(List<FeedEntry> stored) {
    if (writer != null) {
      writer.write(stored);
    }
  }

  /** The database may have entries that are not published. */
  void miss() {
    if (writer != null) {
      writer.miss();
    }
  }

  /** Tells the followers that the reader reads; called once a second while that is certain. */
  void beat() {
    if (writer != null) {
      writer.beat();
    }
  }

  /** Whether the entries of the reader arrive at this follower. */
  boolean isLive() {
    return tail != null && tail.isLive();
  }

  /**
   * Returns whether entries may be missing, so that the database must be read; once for each gap.
   */
  boolean takeGap() {
    return tail != null && tail.takeGap();
  }

  /** The database was not read after {@link #takeGap}. */
  void giveGapBack() {
    if (tail != null) {
      tail.giveGapBack();
    }
  }

  /** The stream did not bring an entry; the database is followed for this time. */
  void distrust(Duration time) {
    if (tail != null) {
      tail.distrust(time);
    }
  }
}
