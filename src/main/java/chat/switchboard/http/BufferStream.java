package chat.switchboard.http;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.vertx.MultiHelper;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/** A stream of Vert.x from a publisher of Mutiny. */
public final class BufferStream {

  /** How many buffers wait for the event loop. */
  private static final int AHEAD = 2;

  private BufferStream() {}

  /**
   * Returns the buffers as a stream whose handlers run on the context of the caller alone. A buffer
   * of a database comes on a thread of the driver, and {@link MultiHelper#toReadStream} does not
   * keep the order of buffers that come on different threads: the class takes a buffer from its
   * queue under a lock, and calls the handler after the lock.
   *
   * @throws IllegalStateException if the caller runs on no context of Vert.x
   */
  public static ReadStream<Buffer> onCurrentContext(Multi<Buffer> buffers) {
    Context context = Vertx.currentContext();
    if (context == null) {
      throw new IllegalStateException("A stream needs a context of Vert.x");
    }
    return MultiHelper.toReadStream(
        buffers.emitOn(task -> context.runOnContext(ignored -> task.run()), AHEAD));
  }
}
