package chat.switchboard.feed;

import chat.switchboard.ops.Cause;
import chat.switchboard.ops.LruMap;
import chat.switchboard.ops.Timers;
import chat.switchboard.redis.RedisLink;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Follows the Redis stream from its end on. The stream is trusted only while records arrive without
 * a gap in their numbers; everything else is a gap, after which the database must be read.
 */
final class BusTail {

  private static final Logger LOG = Logger.getLogger(BusTail.class);

  /** The time for which Redis holds back a response without records. */
  private static final Duration BLOCK = Duration.ofSeconds(2);

  private static final Duration LIMIT = Duration.ofSeconds(1);

  /** Three signs of life. */
  static final Duration SILENCE = BusWriter.BEAT.multipliedBy(3);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** The pause doubles with each failure up to this pause. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private static final int MOST_FAILURES = 6;

  /** After this time without a failure the pauses begin anew. */
  private static final Duration STABLE = Duration.ofMinutes(1);

  /** A response without records that comes earlier comes from a server that does not block. */
  private static final Duration TOO_EARLY = Duration.ofMillis(200);

  /** Records of one response, of at most 100 entries each. */
  private static final int MOST_RECORDS = 10;

  /** Terms whose numbers are known: of the reader, and of readers before. */
  private static final int MOST_TERMS = 8;

  private final RedisLink link;
  private final String key;
  private final Timers timers;
  private final Function<List<FeedEntry>, Uni<Void>> listener;

  /** The lock of the following fields is this object. */
  private final Map<String, Long> numbers = new LruMap<>(MOST_TERMS);

  /** Incremented by each start and stop: a step of an earlier run ends. */
  private long run;

  /** The id of the last record that was read; null before the first response. */
  private String last;

  private boolean heard;
  private long heardAt;
  private boolean gap;
  private long distrustedUntil;
  private boolean isDistrusted;
  private boolean wasLive;
  private int failures;
  private long openedAt;
  private boolean isWarned;
  private long warnedAt;

  BusTail(
      RedisLink link, String key, Timers timers, Function<List<FeedEntry>, Uni<Void>> listener) {
    this.link = link;
    this.key = key;
    this.timers = timers;
    this.listener = listener;
  }

  void start() {
    long mine;
    synchronized (this) {
      mine = ++run;
      reset();
    }
    step(mine);
  }

  void stop() {
    synchronized (this) {
      run++;
      reset();
      wasLive = false;
    }
    link.close();
  }

  private void reset() {
    last = null;
    heard = false;
    gap = false;
    numbers.clear();
  }

  /**
   * Whether the reader's records arrive: all entries come by the stream, apart from those before a
   * gap.
   */
  boolean isLive() {
    boolean live;
    boolean isNews;
    synchronized (this) {
      long now = timers.nanoTime();
      if (isDistrusted && now - distrustedUntil >= 0) {
        isDistrusted = false;
      }
      live = heard && !isDistrusted && now - heardAt < SILENCE.toNanos();
      isNews = live != wasLive;
      wasLive = live;
    }
    if (isNews) {
      if (live) {
        LOG.info("New entries of the feed arrive by Redis.");
      } else {
        LOG.info("This replica follows MongoDB until Redis brings the entries of the feed again.");
      }
    }
    return live;
  }

  /** Returns whether the database must be read, once for each gap. */
  synchronized boolean takeGap() {
    boolean found = gap;
    gap = false;
    return found;
  }

  /** The database has not been read after {@link #takeGap}. */
  synchronized void giveGapBack() {
    gap = true;
  }

  /** The database had an entry that the stream should have brought. */
  synchronized void distrust(Duration time) {
    isDistrusted = true;
    distrustedUntil = timers.nanoTime() + time.toNanos();
  }

  private void step(long mine) {
    boolean isOpen;
    String from;
    synchronized (this) {
      if (run != mine) {
        return;
      }
      from = last;
      isOpen = from != null;
    }
    long began = timers.nanoTime();
    (isOpen ? read(from, mine) : open(mine))
        .subscribe()
        .with(
            records -> {
              boolean early =
                  isOpen && records == 0 && timers.nanoTime() - began < TOO_EARLY.toNanos();
              if (early) {
                timers.after(PAUSE, () -> step(mine));
              } else {
                step(mine);
              }
            },
            failure -> failed(failure, mine));
  }

  /** Finds the end of the stream; what came before is read from the database. */
  private Uni<Integer> open(long mine) {
    return link.send(
            Request.cmd(Command.XREVRANGE).arg(key).arg("+").arg("-").arg("COUNT").arg(1), LIMIT)
        .map(
            found -> {
              synchronized (this) {
                if (run == mine) {
                  boolean isEmpty = found == null || found.size() == 0;
                  last = isEmpty ? "0-0" : found.get(0).get(0).toString();
                  if (!isEmpty) {
                    BusRecord.of(found.get(0).get(1))
                        .ifPresent(record -> numbers.put(record.term(), record.number()));
                  }
                  gap = true;
                  openedAt = timers.nanoTime();
                }
              }
              return 0;
            });
  }

  private Uni<Integer> read(String from, long mine) {
    return link.send(
            Request.cmd(Command.XREAD)
                .arg("COUNT")
                .arg(MOST_RECORDS)
                .arg("BLOCK")
                .arg(BLOCK.toMillis())
                .arg("STREAMS")
                .arg(key)
                .arg(from),
            BLOCK.plus(LIMIT))
        .flatMap(
            found ->
                found == null || found.size() == 0
                    ? Uni.createFrom().item(0)
                    : take(found.get(0).get(1), mine));
  }

  /**
   * @param records the ids and the fields of records
   */
  private Uni<Integer> take(Response records, long mine) {
    List<FeedEntry> entries = new ArrayList<>();
    synchronized (this) {
      if (run != mine) {
        return Uni.createFrom().item(0);
      }
      for (Response record : records) {
        last = record.get(0).toString();
        Optional<BusRecord> read = BusRecord.of(record.get(1));
        if (read.isEmpty()) {
          gap = true;
          continue;
        }
        note(read.get());
        entries.addAll(read.get().entries());
      }
    }
    Uni<Void> heardAll = entries.isEmpty() ? Uni.createFrom().voidItem() : listener.apply(entries);
    return heardAll.replaceWith(records.size());
  }

  private void note(BusRecord record) {
    Long before = numbers.get(record.term());
    if (before == null || record.number() != before + 1) {
      gap = true;
    }
    numbers.put(
        record.term(), before == null ? record.number() : Math.max(before, record.number()));
    heard = true;
    heardAt = timers.nanoTime();
  }

  private void failed(Throwable failure, long mine) {
    boolean isNews;
    Duration pause;
    synchronized (this) {
      if (run != mine) {
        return;
      }
      long now = timers.nanoTime();
      boolean wasStable = last != null && now - openedAt >= STABLE.toNanos();
      failures = wasStable ? 0 : failures;
      pause = PAUSE.multipliedBy(1L << failures);
      if (pause.compareTo(LONGEST_PAUSE) > 0) {
        pause = LONGEST_PAUSE;
      }
      failures = Math.min(failures + 1, MOST_FAILURES);
      reset();
      gap = true;
      isNews = !isWarned || now - warnedAt >= BusWriter.WARN.toNanos();
      if (isNews) {
        isWarned = true;
        warnedAt = now;
      }
    }
    link.close();
    if (isNews) {
      LOG.warnf(
          "Redis does not bring the entries of the feed (%s); this replica follows MongoDB.",
          Cause.of(failure));
    }
    timers.after(pause, () -> step(mine));
  }
}
