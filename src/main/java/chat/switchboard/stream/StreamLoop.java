package chat.switchboard.stream;

import io.netty.channel.EventLoop;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The streams of one event loop. What happens to all of them takes one task, not one for each. */
final class StreamLoop {

  /** How often it is looked whether something is due; a stream ends this much early at most. */
  static final long LOOK_MILLIS = 250;

  private final EventLoop loop;
  private final List<Subscription> streams = new ArrayList<>();

  StreamLoop(EventLoop loop, Clock clock, Supplier<Buffer> comeAgain) {
    this.loop = loop;
    loop.scheduleWithFixedDelay(
        () -> {
          long nanos = System.nanoTime();
          long millis = clock.millis() + LOOK_MILLIS;
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

  boolean isHere() {
    return loop.inEventLoop();
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
        action.accept(streams.get(i));
      }
    }
  }
}
