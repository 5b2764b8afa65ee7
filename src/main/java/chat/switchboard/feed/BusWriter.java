package chat.switchboard.feed;

import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Timers;
import chat.switchboard.redis.RedisLink;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Request;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.bson.types.ObjectId;
import org.jboss.logging.Logger;

/**
 * Writes the reader's entries to the Redis stream, in their order and one command at a time. A
 * record that Redis does not take in time is dropped, and so are the entries that wait: the next
 * record has a higher number, by which the followers see that they must read the database.
 */
final class BusWriter {

  private static final Logger LOG = Logger.getLogger(BusWriter.class);

  /** A slower Redis is of no use: the followers are as fast by polling. */
  static final Duration LIMIT = Duration.ofMillis(500);

  /** After a failure, until the next command; doubles up to {@link #LONGEST_PAUSE}. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

  /** The interval of the signs of life. */
  static final Duration BEAT = Duration.ofSeconds(2);

  /** The least time between two warnings: a slow Redis fails often. */
  static final Duration WARN = Duration.ofMinutes(10);

  /** The key disappears when no reader has written for this time. */
  private static final Duration KEPT = Duration.ofDays(1);

  private static final Duration KEEP = Duration.ofMinutes(10);

  private static final int MOST_WAITING = 5_000;

  /** The approximate length of the stream: about 2 MB, and more than a follower may lag behind. */
  private static final long LENGTH = 10_000;

  private final RedisLink link;
  private final String key;
  private final Timers timers;

  /** The lock of the following fields is this object. */
  private final Queue<FeedEntry> waiting = new ArrayDeque<>();

  private String term = "";
  private long number;
  private boolean leads;
  private boolean sending;
  private boolean broken;
  private Duration pause = PAUSE;
  private boolean isWarned;
  private long warnedAt;
  private long sentAt;
  private long keptAt;
  private boolean kept;

  BusWriter(RedisLink link, String key, Timers timers) {
    this.link = link;
    this.key = key;
    this.timers = timers;
  }

  /** Begins a term. */
  synchronized void begin() {
    waiting.clear();
    term = new ObjectId().toHexString();
    number = 0;
    leads = true;
    kept = false;
    sentAt = timers.nanoTime() - BEAT.toNanos();
  }

  /** Ends the term: another replica writes. */
  void end() {
    synchronized (this) {
      leads = false;
      waiting.clear();
    }
    link.close();
  }

  /** Writes entries, which the database has; returns at once. */
  void write(List<FeedEntry> entries) {
    synchronized (this) {
      if (!leads || entries.isEmpty()) {
        return;
      }
      if (broken || waiting.size() + entries.size() > MOST_WAITING) {
        skip();
        return;
      }
      waiting.addAll(entries);
    }
    send(false);
  }

  /** The database may have entries that are not written here. */
  synchronized void miss() {
    skip();
  }

  private void skip() {
    waiting.clear();
    number++;
  }

  /** Writes a sign of life, if one is due. */
  void beat() {
    send(true);
  }

  private void send(boolean isBeat) {
    BusRecord record;
    synchronized (this) {
      boolean due = isBeat && timers.nanoTime() - sentAt >= BEAT.toNanos();
      if (!leads || sending || broken || (waiting.isEmpty() && !due)) {
        return;
      }
      List<FeedEntry> entries = new ArrayList<>();
      while (!waiting.isEmpty() && entries.size() < BusRecord.MOST_ENTRIES) {
        entries.add(waiting.remove());
      }
      record = new BusRecord(term, ++number, entries);
      sending = true;
      sentAt = timers.nanoTime();
    }
    link.send(add(record), LIMIT).call(this::keep).subscribe().with(added -> sent(), this::failed);
  }

  private Request add(BusRecord record) {
    Request request =
        Request.cmd(Command.XADD).arg(key).arg("MAXLEN").arg("~").arg(LENGTH).arg("*");
    record.fields().forEach(request::arg);
    return request;
  }

  private Uni<?> keep() {
    synchronized (this) {
      long now = timers.nanoTime();
      if (kept && now - keptAt < KEEP.toNanos()) {
        return Uni.createFrom().nullItem();
      }
      kept = true;
      keptAt = now;
    }
    return link.send(Request.cmd(Command.EXPIRE).arg(key).arg(KEPT.toSeconds()), LIMIT);
  }

  private void sent() {
    synchronized (this) {
      sending = false;
      pause = PAUSE;
    }
    send(false);
  }

  private void failed(Throwable failure) {
    boolean isNews;
    Duration wait;
    synchronized (this) {
      wait = pause;
      pause = wait.compareTo(LONGEST_PAUSE) < 0 ? wait.multipliedBy(2) : LONGEST_PAUSE;
      sending = false;
      broken = true;
      kept = false;
      if (!waiting.isEmpty()) {
        skip();
      }
      long now = timers.nanoTime();
      isNews = leads && (!isWarned || now - warnedAt >= WARN.toNanos());
      if (isNews) {
        isWarned = true;
        warnedAt = now;
      }
    }
    timers.after(wait, this::tryAgain);
    if (isNews) {
      LOG.warnf(
          "Redis does not take the entries of the feed (%s); the other replicas read them from"
              + " MongoDB.",
          Cause.of(failure));
    }
  }

  private synchronized void tryAgain() {
    broken = false;
  }
}
