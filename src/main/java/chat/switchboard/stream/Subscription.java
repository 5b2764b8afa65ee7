package chat.switchboard.stream;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bson.types.ObjectId;

/**
 * One open stream. Everything here happens on the event loop of its connection, so that nothing
 * needs a lock. It has no timer of its own: its loop looks after all of them.
 */
final class Subscription {

  /** How long a client that was told to refetch may take to read that, before it is cut off. */
  private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Why a stream is no more. */
  enum End {
    CLIENT,
    TOKEN_EXPIRED,
    LIFETIME,
    SLOW,
    ACCOUNT,
    SHUTDOWN
  }

  final String user;

  /** Only events of this conversation; null for all of the user's. */
  final String conversationId;

  final StreamLoop loop;

  /** Where it is in the list of its loop. */
  int index;

  private final HttpServerResponse response;
  private final Limits limits;

  /** What came while the client's history is read; null once that is through. */
  private ArrayDeque<Announcement> held;

  /**
   * What was told of its history, until the first silence: the feed may come upon the same messages
   * a little later.
   */
  private Set<ObjectId> told;

  /** What the client has been too slow to take; null when it keeps up, which is nearly always. */
  private ArrayDeque<Buffer> waiting;

  /** How much of what waits is history, which was bounded when it was read. */
  private int history;

  /** Of {@link System#nanoTime}: when something was last written, or the farewell was. */
  private long lastWrite;

  /** Whether the token ends before the next look. */
  private boolean expiring;

  private End end;

  /**
   * The bounds of a stream.
   *
   * @param buffer how many events may wait for the client
   * @param keepAliveNanos after how much silence a comment is written
   * @param expiresAt when its token ends, in milliseconds of the epoch
   * @param endsAt when it has lasted long enough, in milliseconds of the epoch
   */
  record Limits(int buffer, long keepAliveNanos, long expiresAt, long endsAt) {}

  Subscription(
      String user,
      String conversationId,
      StreamLoop loop,
      HttpServerResponse response,
      Limits limits) {
    this.user = user;
    this.conversationId = conversationId;
    this.loop = loop;
    this.response = response;
    this.limits = limits;
    this.lastWrite = System.nanoTime();
  }

  boolean wants(Announcement event) {
    return conversationId == null || conversationId.equals(event.conversationId());
  }

  /** Live events wait from now on until {@link #release}. */
  void hold() {
    held = new ArrayDeque<>();
  }

  /** What was missed goes first, then what came meanwhile, each once. */
  void release(List<Announcement> missed) {
    if (end != null || held == null) {
      return;
    }
    ArrayDeque<Announcement> came = held;
    held = null;
    history = missed.size();
    for (Announcement event : missed) {
      write(event.frame());
    }
    if (!missed.isEmpty()) {
      told = missed.stream().map(Announcement::id).collect(Collectors.toSet());
    }
    came.forEach(this::receive);
  }

  void receive(Announcement event) {
    if (end != null) {
      return;
    }
    if (held == null) {
      if (told == null || !told.contains(event.id())) {
        write(event.frame());
      }
    } else if (held.size() < limits.buffer()) {
      held.add(event);
    } else {
      finish(Frame.resync(), End.SLOW);
    }
  }

  void write(Buffer frame) {
    if (end != null) {
      return;
    }
    if (!response.writeQueueFull() && waiting == null) {
      put(frame);
      return;
    }
    if (waiting == null) {
      waiting = new ArrayDeque<>();
      response.drainHandler(now -> drain());
    }
    if (waiting.size() >= limits.buffer() + history) {
      finish(Frame.resync(), End.SLOW);
      return;
    }
    waiting.add(frame);
  }

  private void put(Buffer frame) {
    lastWrite = System.nanoTime();
    response.write(frame);
  }

  private void drain() {
    while (waiting != null && end == null && !response.writeQueueFull()) {
      Buffer frame = waiting.poll();
      if (frame == null) {
        waiting = null;
        history = 0;
        response.drainHandler(null);
      } else {
        put(frame);
      }
    }
  }

  /** What is due by now: the end of the token, of the stream's time, or of a silence. */
  void look(long nanos, long millis, Buffer comeAgain) {
    if (end != null) {
      if (nanos - lastWrite > FAREWELL_NANOS) {
        // A client that reads nothing does not read the farewell either.
        response.reset();
      }
    } else if (millis > limits.expiresAt() - StreamLoop.LOOK_MILLIS) {
      expire(millis);
    } else if (millis >= limits.endsAt()) {
      finish(comeAgain, End.LIFETIME);
    } else if (waiting == null && nanos - lastWrite >= limits.keepAliveNanos()) {
      told = null;
      put(Frame.keepAlive());
    }
  }

  /**
   * At the token's end and not before it: a page that is told too early asks LibreChat with the
   * same token, is not refused, and so has no reason to get a new one.
   */
  private void expire(long millis) {
    if (!expiring) {
      expiring = true;
      loop.executeIn(
          Math.max(0, limits.expiresAt() - millis),
          () -> finish(Frame.tokenExpired(), End.TOKEN_EXPIRED));
    }
  }

  /** Says this as the last thing. */
  void finish(Buffer farewell, End reason) {
    if (end != null) {
      return;
    }
    end = reason;
    waiting = null;
    held = null;
    lastWrite = System.nanoTime();
    response.end(farewell);
  }

  /** The connection is gone; the answer is why. */
  End closed() {
    if (end == null) {
      end = End.CLIENT;
    }
    waiting = null;
    held = null;
    return end;
  }
}
