package chat.switchboard.stream;

import chat.switchboard.mongo.DatabaseRecovered;
import chat.switchboard.ops.MachineTime;
import chat.switchboard.stream.Subscription.End;
import io.netty.channel.EventLoop;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** All open streams, found by their user. */
@ApplicationScoped
class Subscriptions {

  /** Shorter than {@code quarkus.shutdown.delay}. */
  private static final int SHUTDOWN_MILLIS = 800;

  /** The longest time over which clients that lose their streams together come back. */
  private static final int MOST_SPREAD_MILLIS = 20_000;

  /**
   * By user. Most users have one stream, and an array is the smallest collection for one element.
   */
  private final Map<String, Subscription[]> byUser = new ConcurrentHashMap<>();

  private final Map<EventLoop, StreamLoop> loops = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private final StreamConfig config;
  private final Clock clock;
  private final StreamMetrics metrics;
  private volatile boolean stopping;

  Subscriptions(StreamConfig config, @MachineTime Clock clock, StreamMetrics metrics) {
    this.config = config;
    this.clock = clock;
    this.metrics = metrics;
    metrics.watch(open);
  }

  /** The result of a request for one more stream. */
  enum Admission {
    ADMITTED,
    TOO_MANY_FOR_USER,
    TOO_MANY,
    STOPPING
  }

  /** While the database was unreachable, the feed may have missed messages of LibreChat. */
  void onDatabaseBack(@Observes DatabaseRecovered back) {
    resync();
  }

  /** Tells all clients to refetch. */
  void resync() {
    each(stream -> stream.write(Frame.resync()));
  }

  /** Tells the clients of this user to refetch. */
  void resync(String user) {
    for (Subscription stream : byUser.getOrDefault(user, new Subscription[0])) {
      stream.loop.execute(() -> stream.write(Frame.resync()));
    }
  }

  /**
   * Ends all streams when the shutdown begins, spread over a part of the delay: readiness is down,
   * so clients reconnect to another replica.
   */
  void onStopping(@Observes ShutdownDelayInitiatedEvent event) {
    stopping = true;
    int count = open.get();
    loops
        .values()
        .forEach(
            loop ->
                loop.drain(
                    SHUTDOWN_MILLIS, stream -> stream.finish(comeAgain(count), End.SHUTDOWN)));
  }

  void onStop(@Observes ShutdownEvent event) {
    endAll();
  }

  private void endAll() {
    stopping = true;
    int count = open.get();
    each(stream -> stream.finish(comeAgain(count), End.SHUTDOWN));
  }

  private void each(Consumer<Subscription> action) {
    loops.values().forEach(loop -> loop.execute(() -> loop.each(action)));
  }

  /**
   * Returns a random retry time, so that clients that lose their streams together do not reconnect
   * together.
   */
  Buffer comeAgain() {
    return comeAgain(0);
  }

  /** Returns a later retry time, for a client that comes at a bad moment together with others. */
  Buffer comeLater() {
    return comeAgain(open.get() + OpeningGroups.MOST_WAITING);
  }

  /**
   * @param others the number of clients that reconnect together: 1,000 of them come back in a
   *     second
   */
  private Buffer comeAgain(int others) {
    long retry = config.retry().toMillis();
    long spread = Math.max(retry, Math.min(others, MOST_SPREAD_MILLIS));
    return Frame.retry(Duration.ofMillis(retry + ThreadLocalRandom.current().nextLong(spread + 1)));
  }

  /** Returns the streams of this event loop. */
  StreamLoop loop(EventLoop eventLoop) {
    return loops.computeIfAbsent(eventLoop, one -> new StreamLoop(one, clock, this::comeAgain));
  }

  /** Whether there is room for one more stream of any user; checked before the token. */
  Admission admission() {
    if (stopping) {
      return Admission.STOPPING;
    }
    return open.get() >= config.maxTotal() ? Admission.TOO_MANY : Admission.ADMITTED;
  }

  /** Runs on the stream's event loop. */
  Admission add(Subscription stream) {
    if (stopping) {
      return Admission.STOPPING;
    }
    if (open.incrementAndGet() > config.maxTotal()) {
      open.decrementAndGet();
      return Admission.TOO_MANY;
    }
    boolean[] added = new boolean[1];
    byUser.compute(
        stream.user,
        (user, streams) -> {
          int count = streams == null ? 0 : streams.length;
          if (count >= config.maxPerUser()) {
            return streams;
          }
          added[0] = true;
          Subscription[] more =
              count == 0 ? new Subscription[1] : Arrays.copyOf(streams, count + 1);
          more[count] = stream;
          return more;
        });
    if (!added[0]) {
      open.decrementAndGet();
      return Admission.TOO_MANY_FOR_USER;
    }
    stream.loop.add(stream);
    metrics.opened();
    return Admission.ADMITTED;
  }

  /** Runs on the stream's event loop. */
  void remove(Subscription stream) {
    stream.loop.remove(stream);
    byUser.computeIfPresent(
        stream.user,
        (user, streams) -> {
          Subscription[] rest =
              Arrays.stream(streams).filter(one -> one != stream).toArray(Subscription[]::new);
          return rest.length == 0 ? null : rest;
        });
    open.decrementAndGet();
    metrics.closed(stream.closed());
  }

  /** Whether a stream is open. */
  boolean any() {
    return open.get() > 0;
  }

  boolean anyFor(String user) {
    return byUser.containsKey(user);
  }

  /**
   * Returns one part of the users who have a stream in this process. A user is always in the same
   * part.
   *
   * @param part from 0 to {@code parts - 1}
   */
  List<String> users(int part, int parts) {
    return byUser.keySet().stream()
        .filter(user -> Math.floorMod(user.hashCode(), parts) == part)
        .toList();
  }

  /** Ends all streams of a user. */
  void end(String user, Buffer farewell, End reason) {
    for (Subscription stream : byUser.getOrDefault(user, new Subscription[0])) {
      stream.loop.execute(() -> stream.finish(farewell, reason));
    }
  }

  /**
   * Writes an event to the user's streams with one task for each event loop; no stream waits for
   * another stream.
   */
  void publish(Announcement event) {
    Subscription[] streams = byUser.get(event.user());
    if (streams == null) {
      return;
    }
    long begun = System.nanoTime();
    Set<StreamLoop> concerned =
        Arrays.stream(streams).map(stream -> stream.loop).collect(Collectors.toSet());
    for (StreamLoop loop : concerned) {
      loop.execute(
          () -> {
            int told = 0;
            for (Subscription stream : streams) {
              if (stream.loop == loop && stream.wants(event)) {
                stream.receive(event);
                told++;
              }
            }
            metrics.told(told, System.nanoTime() - begun);
          });
    }
  }
}
