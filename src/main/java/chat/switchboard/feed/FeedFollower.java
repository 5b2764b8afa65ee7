package chat.switchboard.feed;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.bson.BsonDocument;

/**
 * Announces the messages whose entries another replica has written. Works in the reader too: other
 * replicas write entries of messages that the reader has not found.
 */
@Singleton
class FeedFollower implements FeedRole {

  private static final int MOST_AT_ONCE = 5_000;
  private static final int MOST_CHANGES = 500;

  /**
   * How far back a new follower reads: a process that was the reader before may have been suspended
   * while the next reader wrote entries.
   */
  private static final Duration BACK = Duration.ofMinutes(10);

  /** How often the reader's position is read. */
  private static final Duration READER_LOOK = Duration.ofSeconds(5);

  /**
   * How often the reader reads what other replicas have written: seldom, since an idle replica
   * sends less than one command a second.
   */
  private static final Duration BESIDE = Duration.ofSeconds(30);

  private final FeedEntries entries;
  private final ReaderPosition readerPosition;
  private final OwnAnnouncements own;
  private final SeenMessages seen;
  private final NewMessageListener newMessages;
  private final Duration overlap;
  private final Clock clock;

  /**
   * The date of the newest entry at the first poll of this process, by the server's clock, or the
   * start of this process if that is earlier: all clients have connected after older entries. Null
   * before the first poll.
   */
  private volatile Instant started;

  private volatile Instant processStart;

  /** The date of the newest entry that was read; null before the first poll. */
  private volatile Instant newest;

  private volatile boolean behind;
  private volatile boolean begun;
  private volatile BsonDocument position;

  /** The start of the last successful poll; null before the first. */
  private volatile Instant looked;

  /** The count of the reader's stored positions, and when this process saw the count change. */
  private volatile long beat = -1;

  private volatile Instant beatSeen;
  private volatile Instant readerLooked = Instant.MIN;
  private volatile Instant lookedBeside = Instant.MIN;

  FeedFollower(
      FeedEntries entries,
      ReaderPosition readerPosition,
      OwnAnnouncements own,
      SeenMessages seen,
      NewMessageListener newMessages,
      FeedConfig config,
      Clock clock) {
    this.entries = entries;
    this.readerPosition = readerPosition;
    this.own = own;
    this.seen = seen;
    this.newMessages = newMessages;
    this.overlap = config.overlap();
    this.clock = clock;
  }

  @Override
  public Uni<Void> begin(boolean atStart, Duration age) {
    if (!atStart && started == null) {
      // This process was the reader before: clients of that time are connected.
      started = Instant.EPOCH;
    }
    processStart = clock.instant().minus(age);
    newest = null;
    position = null;
    behind = false;
    begun = false;
    readerLooked = Instant.MIN;
    return Uni.createFrom().voidItem();
  }

  @Override
  public Duration age() {
    Instant last = looked;
    Instant reader = beatSeen;
    if (last == null || reader == null) {
      return UNKNOWN;
    }
    return Duration.between(last.isBefore(reader) ? last : reader, clock.instant());
  }

  @Override
  public boolean isBehind() {
    return behind;
  }

  @Override
  public Uni<Duration> look() {
    Instant begunAt = clock.instant();
    return from()
        .flatMap(moment -> entries.since(moment, MOST_AT_ONCE))
        .flatMap(found -> take(found, begunAt))
        .call(this::lookAtReader)
        .invoke(
            () -> {
              looked = begunAt;
              if (!behind && beatSeen != null) {
                begun = true;
                own.follow();
              }
            });
  }

  /**
   * Announces, in the reader, the messages whose entries other replicas have written.
   *
   * @param age the time since the start of the process
   */
  Uni<Void> lookBeside(Duration age) {
    Instant now = clock.instant();
    if (lookedBeside.isAfter(now.minus(BESIDE))) {
      return Uni.createFrom().voidItem();
    }
    if (newest == null) {
      // This process has not followed the entries: clients have connected since its start.
      Instant start = now.minus(age);
      Instant back = now.minus(BACK);
      newest = start.isAfter(back) ? start : back;
    }
    return from()
        .flatMap(moment -> entries.since(moment, MOST_AT_ONCE))
        .flatMap(found -> take(found, now))
        .flatMap(
            late -> {
              if (behind) {
                return lookBeside(age);
              }
              lookedBeside = now;
              return Uni.createFrom().voidItem();
            });
  }

  private Uni<Instant> from() {
    Instant last = newest;
    if (last != null) {
      return Uni.createFrom().item(behind ? last : last.minus(overlap));
    }
    return entries
        .newest()
        .map(
            found -> {
              if (started == null) {
                started = earlier(found.orElse(Instant.EPOCH), processStart);
              }
              return found.map(one -> one.minus(BACK)).orElse(Instant.EPOCH);
            });
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private Uni<Duration> take(List<FeedEntry> found, Instant begunAt) {
    Duration late =
        begun && !behind
            ? found.stream()
                .filter(this::isNew)
                .map(one -> Duration.between(one.at().toInstant(), begunAt))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO)
            : Duration.ZERO;
    return tell(found)
        .invoke(
            () -> {
              behind = found.size() == MOST_AT_ONCE;
              if (!found.isEmpty()) {
                newest = found.get(found.size() - 1).at().toInstant();
              } else if (newest == null) {
                newest = Instant.EPOCH.plus(overlap);
              }
            })
        .replaceWith(late);
  }

  /** The reader's position is for the age only: a failure of the query fails the poll. */
  private Uni<Void> lookAtReader() {
    Instant now = clock.instant();
    if (readerLooked.isAfter(now.minus(READER_LOOK)) && beatSeen != null) {
      return Uni.createFrom().voidItem();
    }
    return readerPosition
        .find()
        .invoke(
            found -> {
              readerLooked = now;
              if (found.isPresent() && (beatSeen == null || found.get().beat() != beat)) {
                beat = found.get().beat();
                beatSeen = now;
              }
            })
        .replaceWithVoid();
  }

  @Override
  public Cancellable follow(Consumer<Throwable> broken) {
    return BatchingSubscriber.of(
        entries.changes(position),
        MOST_CHANGES,
        changes ->
            tell(changes.stream().map(FeedEntries.Change::entry).toList())
                .invoke(() -> position = changes.get(changes.size() - 1).position()),
        broken);
  }

  @Override
  public boolean hasPosition() {
    return position != null;
  }

  @Override
  public void forgetPosition() {
    // Polling finds the entries in between.
    position = null;
  }

  private Uni<Void> tell(Collection<FeedEntry> found) {
    return hear(
        found.stream()
            .sorted(Comparator.comparing(FeedEntry::at).thenComparing(FeedEntry::id))
            .toList());
  }

  /** Takes entries in the order of the reader, which come from the database or by Redis. */
  Uni<Void> hear(List<FeedEntry> found) {
    List<FeedEntry> fresh = found.stream().filter(this::isNew).toList();
    own.stored(found.stream().map(FeedEntry::id).toList());
    if (fresh.isEmpty()) {
      return Uni.createFrom().voidItem();
    }
    List<FeedEntry> aloud = fresh.stream().filter(this::isAloud).toList();
    if (aloud.stream().anyMatch(one -> one.kind() == FeedEntry.Kind.GAP)) {
      newMessages.onSkipped();
    }
    return newMessages
        .onNew(aloud.stream().filter(one -> one.kind().isMessage()).toList())
        .invoke(() -> fresh.forEach(this::see));
  }

  private boolean isNew(FeedEntry entry) {
    return !seen.contains(entry.id(), entry.createdAt());
  }

  private void see(FeedEntry entry) {
    seen.add(entry.id(), entry.createdAt(), clock.millis());
  }

  private boolean isAloud(FeedEntry entry) {
    // A change stream and Redis bring entries that were written after their beginning; entries that
    // come by Redis have no date of the server.
    Instant first = started;
    return first == null
        || entry.at() == null
        || !entry.at().toInstant().isBefore(first.minus(overlap));
  }
}
