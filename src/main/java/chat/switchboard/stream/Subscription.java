package chat.switchboard.stream;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;

/**
 * One open stream. Everything but {@link #send} happens on the event loop of its connection, so
 * that nothing here needs a lock.
 */
final class Subscription {

  /** How long a client that was told to refetch may take to read that, before it is cut off. */
  private static final long FAREWELL_MILLIS = 5_000;

  final String user;

  /** Only events of this conversation; null for all of the user's. */
  final String conversationId;

  private final Context context;
  private final HttpServerResponse response;
  private final int buffer;
  private ArrayDeque<Buffer> waiting;
  private long lastWrite = System.nanoTime();
  private boolean ended;

  Subscription(
      String user,
      String conversationId,
      Context context,
      HttpServerResponse response,
      int buffer) {
    this.user = user;
    this.conversationId = conversationId;
    this.context = context;
    this.response = response;
    this.buffer = buffer;
  }

  /** From any thread. */
  void send(Buffer frame) {
    context.runOnContext(now -> write(frame));
  }

  /** From any thread: says something if nothing was said for that long. */
  void keepAlive(long silenceNanos) {
    context.runOnContext(
        now -> {
          if (System.nanoTime() - lastWrite >= silenceNanos) {
            write(Frame.KEEP_ALIVE);
          }
        });
  }

  /** From any thread: says this as the last thing. */
  void end(Buffer farewell) {
    context.runOnContext(now -> finish(farewell));
  }

  void write(Buffer frame) {
    if (ended) {
      return;
    }
    if (!response.writeQueueFull() && waiting == null) {
      lastWrite = System.nanoTime();
      response.write(frame);
      return;
    }
    if (frame == Frame.KEEP_ALIVE) {
      // The client has enough to read already.
      return;
    }
    if (waiting == null) {
      waiting = new ArrayDeque<>();
      response.drainHandler(now -> drain());
    }
    if (waiting.size() >= buffer) {
      finish(Frame.RESYNC);
      return;
    }
    waiting.add(frame);
  }

  private void drain() {
    while (waiting != null && !ended && !response.writeQueueFull()) {
      Buffer frame = waiting.poll();
      if (frame == null) {
        waiting = null;
        response.drainHandler(null);
      } else {
        lastWrite = System.nanoTime();
        response.write(frame);
      }
    }
  }

  void finish(Buffer farewell) {
    if (ended) {
      return;
    }
    ended = true;
    waiting = null;
    Vertx vertx = context.owner();
    // A client that reads nothing does not read this either: then the connection is cut.
    long cut = vertx.setTimer(FAREWELL_MILLIS, late -> response.reset());
    response.end(farewell).onComplete(done -> vertx.cancelTimer(cut));
  }

  /** The connection is gone. */
  void closed() {
    ended = true;
    waiting = null;
  }
}
