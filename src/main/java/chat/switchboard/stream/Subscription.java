package chat.switchboard.stream;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.bson.types.ObjectId;

/**
 * One open stream. All methods run on the event loop of the connection, so that no lock is needed.
 * A stream has no timer: the {@link StreamLoop} checks all its streams.
 */
final class Subscription {

  /** How long a client may take to read the last event before the connection is reset. */
  private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Why a stream ended. */
  enum End {
    CLIENT,
    TOKEN_EXPIRED,
    LIFETIME,
    SLOW,
    ACCOUNT,
    SHUTDOWN
  }

  final String user;

  /** The stream has only events of this conversation; null for all conversations of the user. */
  final String conversationId;

  final StreamLoop loop;

  /** The index in the list of the {@link StreamLoop}. */
  int index;

  private final HttpServerResponse response;
  private final Limits limits;

  /**
   * Live events that arrived while the client's history is read; null once the history is written.
   */
  private ArrayDeque<Announcement> held;

  /**
   * The messages of the history, until the first keep-alive: the feed may find the same messages a
   * little later.
   */
  private Set<ObjectId> told;

  /**
   * Frames that a slow client has not yet taken; null for a client that keeps up, which is the
   * normal case.
   */
  private ArrayDeque<Buffer> waiting;

  /** The number of waiting frames that are history, which was bounded when it was read. */
  private int history;

  /** The time of the last write, the farewell included, by {@link System#nanoTime}. */
  private long lastWrite;

  /** Whether the token expires before the next check. */
  private boolean expiring;

  private End end;

  /**
   * The bounds of a stream.
   *
   * @param buffer how many events may wait for the client
   * @param keepAliveNanos the time without a write after which a keep-alive comment is written
   * @param expiresAt when the token expires, in milliseconds of the epoch
   * @param endsAt when the stream reaches its longest lifetime, in milliseconds of the epoch
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

  /** Holds live events back until {@link #release}. */
  void hold() {
    held = new ArrayDeque<>();
  }

  /** Writes the missed events, then the events that were held back, each once. */
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

  /**
   * Ends the stream when its token or its lifetime ends; otherwise writes a keep-alive when due.
   *
   * @param comeAgain makes the farewell at the end of the lifetime
   */
  void look(long nanos, long millis, Supplier<Buffer> comeAgain) {
    if (end != null) {
      if (nanos - lastWrite > FAREWELL_NANOS) {
        // A client that reads nothing does not read the farewell; the reset frees the connection.
        response.reset();
      }
    } else if (millis > limits.expiresAt() - StreamLoop.LOOK_MILLIS) {
      expire(millis);
    } else if (millis >= limits.endsAt()) {
      finish(comeAgain.get(), End.LIFETIME);
    } else if (waiting == null && nanos - lastWrite >= limits.keepAliveNanos()) {
      told = null;
      put(Frame.keepAlive());
    }
  }

  /**
   * Ends the stream when the token expires and not earlier: a page that is told too early would use
   * the same token at LibreChat, would not be refused, and so would not get a new token.
   */
  private void expire(long millis) {
    if (!expiring) {
      expiring = true;
      loop.executeIn(
          Math.max(0, limits.expiresAt() - millis),
          () -> finish(Frame.tokenExpired(), End.TOKEN_EXPIRED));
    }
  }

  /** Writes the farewell as the last event and ends the response. */
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

  /** Notes that the connection is closed and returns the reason. */
  End closed() {
    if (end == null) {
      end = End.CLIENT;
    }
    waiting = null;
    held = null;
    return end;
  }
}
