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

/** The streams of one event loop. What happens to all of them takes one task, not one for each. */
final class StreamLoop {

  /** How often it is looked whether something is due. */
  static final long LOOK_MILLIS = 250;

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
          each(stream -> stream.look(nanos, millis, comeAgain.get()));
        },
        LOOK_MILLIS,
        LOOK_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  /** From any thread. */
  void execute(Runnable task) {
    loop.execute(task);
  }

  /** On this loop, after that many milliseconds. */
  @SuppressWarnings("FutureReturnValueIgnored") // The task is never cancelled.
  void executeIn(long millis, Runnable task) {
    loop.schedule(task, millis, TimeUnit.MILLISECONDS);
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

  /** Backwards, since a stream that ends gives its place to the last one. */
  void each(Consumer<Subscription> action) {
    for (int i = streams.size() - 1; i >= 0; i--) {
      if (i < streams.size()) {
        try {
          action.accept(streams.get(i));
        } catch (RuntimeException failure) {
          // Thrown out of the look, it would end the looking for good and for everyone.
          LOG.warn("Writing to a stream failed", failure);
        }
      }
    }
  }
}
