package chat.switchboard.stream;

import io.netty.channel.EventLoop;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The streams of one event loop. An action on all streams takes one task, not one task for each
 * stream.
 */
final class StreamLoop {

  /** The interval of the check for due actions (keep-alive, end of a token). */
  static final long LOOK_MILLIS = 250;

  private static final int DRAIN_PARTS = 8;

  private static final Logger LOG = Logger.getLogger(StreamLoop.class);

  private final EventLoop loop;
  private final List<Subscription> streams = new ArrayList<>();

  @SuppressWarnings("FutureReturnValueIgnored") // The task ends with the loop.
  StreamLoop(EventLoop loop, Clock clock, Supplier<Buffer> comeAgain) {
    this.loop = loop;
    loop.scheduleWithFixedDelay(
        () -> {
          long nanos = System.nanoTime();
          long millis = clock.millis();
          each(stream -> stream.look(nanos, millis, comeAgain));
        },
        LOOK_MILLIS,
        LOOK_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  /** Runs the task on this event loop; callable from any thread. */
  void execute(Runnable task) {
    loop.execute(task);
  }

  /** Runs the task on this event loop after this many milliseconds. */
  @SuppressWarnings("FutureReturnValueIgnored") // The task is never cancelled.
  void executeIn(long millis, Runnable task) {
    loop.schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  /** Ends the streams in parts that are spread over this time; callable from any thread. */
  void drain(int millis, Consumer<Subscription> end) {
    execute(
        () -> {
          List<Subscription> all = List.copyOf(streams);
          for (int part = 0; part < DRAIN_PARTS; part++) {
            List<Subscription> some =
                all.subList(all.size() * part / DRAIN_PARTS, all.size() * (part + 1) / DRAIN_PARTS);
            executeIn((long) millis * part / DRAIN_PARTS, () -> some.forEach(end));
          }
        });
  }

  void add(Subscription stream) {
    stream.index = streams.size();
    streams.add(stream);
  }

  void remove(Subscription stream) {
    Subscription last = streams.remove(streams.size() - 1);
    if (last != stream) {
      streams.set(stream.index, last);
      last.index = stream.index;
    }
  }

  /** Backwards, because the last stream takes the place of a stream that ends. */
  void each(Consumer<Subscription> action) {
    for (int i = streams.size() - 1; i >= 0; i--) {
      if (i < streams.size()) {
        try {
          action.accept(streams.get(i));
        } catch (RuntimeException failure) {
          // An exception that leaves the periodic task would end the task for all streams.
          LOG.warn("Writing to a stream failed", failure);
        }
      }
    }
  }
}
