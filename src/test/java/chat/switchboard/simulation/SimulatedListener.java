package chat.switchboard.simulation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * A client that listens, as the EventSource of a browser: connects again after the end of a stream,
 * at any replica, with the id of the last event.
 */
final class SimulatedListener {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A client without a response after this time tries another replica. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final String NO_ACCOUNT = "status 401";

  final String name;
  final String user;

  /** Null for all conversations of the user. */
  private final String conversationId;

  /** The messages that the client has heard, by {@code messageId}. */
  final Set<String> heard = new HashSet<>();

  /** How many events repeated a message. */
  int repeats;

  private final World world;
  private final Faults faults;
  private final FeedJudge judge;
  private final Supplier<SimulatedReplica> balancer;
  private final SplittableRandom choices;
  private SimulatedStream stream;

  /** Whether the proxy leads the client to the replica of its last stream, as with a cookie. */
  private boolean sticks;

  /** The replica of the last stream; null before the first. */
  private SimulatedReplica last;

  /** Whether the stream has begun. */
  private boolean answered;

  private String lastId;
  private long since = Long.MAX_VALUE;
  private long refetched = Long.MIN_VALUE;
  private long retry = 3_000;
  private long slowUntil;
  private boolean begun;

  SimulatedListener(
      World world,
      Faults faults,
      FeedJudge judge,
      String name,
      String user,
      String conversationId,
      Supplier<SimulatedReplica> balancer) {
    this.world = world;
    this.faults = faults;
    this.judge = judge;
    this.name = name;
    this.user = user;
    this.conversationId = conversationId;
    this.balancer = balancer;
    this.choices = world.choices();
  }

  /** From now on the proxy leads the client to the same replica, as long as that replica lives. */
  void stick() {
    sticks = true;
  }

  void begin(Duration after) {
    begun = true;
    world.after(null, after, this::connect);
  }

  private void connect() {
    if (!begun) {
      return;
    }
    SimulatedReplica replica = sticks && last != null && last.isAlive() ? last : balancer.get();
    if (replica == null) {
      world.after(null, Duration.ofSeconds(1), this::connect);
      return;
    }
    last = replica;
    world.say("%s connects to %s after %s", name, replica.name(), lastId);
    SimulatedStream opened = new SimulatedStream(world, faults, this, replica);
    stream = opened;
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Authorization", "Bearer " + user);
    if (lastId != null) {
      headers.add("Last-Event-ID", lastId);
    }
    MultiMap query = MultiMap.caseInsensitiveMultiMap();
    if (conversationId != null) {
      query.add("conversationId", conversationId);
    }
    opened.open(replica.streams(), query, headers);
    answered = false;
    world.after(
        null,
        PATIENCE,
        () -> {
          if (stream == opened && !answered) {
            disconnect(Duration.ZERO, Duration.ofMillis(retry));
          }
        });
  }

  /** The client gets bytes. */
  void got(SimulatedStream from, String text, long writtenAt) {
    if (from != stream) {
      return;
    }
    answered = true;
    for (String frame : text.split("\n\n")) {
      take(frame, from.replica, writtenAt);
    }
  }

  private void take(String frame, SimulatedReplica by, long writtenAt) {
    String id = null;
    String event = null;
    String data = null;
    for (String line : frame.split("\n")) {
      int colon = line.indexOf(": ");
      if (colon <= 0) {
        continue;
      }
      String value = line.substring(colon + 2);
      switch (line.substring(0, colon)) {
        case "id" -> id = value;
        case "event" -> event = value;
        case "data" -> data = value;
        case "retry" -> retry = Long.parseLong(value);
        default -> throw new IllegalStateException("Not a field: " + line);
      }
    }
    if (data == null) {
      return;
    }
    if (event.equals("connected") && lastId == null) {
      since = writtenAt;
    }
    if (id != null) {
      lastId = id;
    }
    switch (event) {
      case "connected" -> world.say("%s is connected: %s", name, id);
      case "resync" -> {
        world.say("%s is told to refetch", name);
        refetched = world.nanoTime();
        judge.refetched();
      }
      case "newMessage" -> hear(data, id, by, writtenAt);
      case "tokenExpired" -> {
        world.say("%s is told that the account is gone", name);
        leave();
        judge.isGone(this);
      }
      default -> judge.violated("%s gets an unknown event %s", name, event);
    }
  }

  private void hear(String data, String id, SimulatedReplica by, long writtenAt) {
    try {
      JsonNode message = JSON.readTree(data);
      String messageId = message.get("messageId").asText();
      world.say("%s hears %s (%s)", name, messageId, id);
      repeats += heard.add(messageId) ? 0 : 1;
      judge.heard(this, messageId, message.get("type").asText(), by, writtenAt);
    } catch (JsonProcessingException e) {
      judge.violated("%s gets an event that is not JSON: %s", name, data);
    }
  }

  /** The replica fails. */
  void failed(Throwable failure) {
    judge.violated("%s gets no stream: %s", name, failure);
  }

  /** The client closes the connection for good. */
  void leave() {
    begun = false;
    if (stream != null) {
      stream.leave(Duration.ZERO);
      stream = null;
    }
  }

  /** The connection has ended. */
  void ended(SimulatedStream from, String reason) {
    if (from == stream) {
      world.say("%s: %s", name, reason);
      stream = null;
      if (reason.equals(NO_ACCOUNT)) {
        begun = false;
        judge.isGone(this);
      }
      world.after(null, Duration.ofMillis(retry), this::connect);
    }
  }

  /**
   * The client closes the connection or loses the network, and connects again.
   *
   * @param unnoticed the time until the replica notices
   * @param away the time until the client connects again
   */
  void disconnect(Duration unnoticed, Duration away) {
    if (stream != null) {
      world.say("%s is away for %d ms", name, away.toMillis());
      stream.leave(unnoticed);
      stream = null;
      world.after(null, away, this::connect);
    }
  }

  /** The client reads slowly for this time. */
  void slow(Duration time) {
    world.say("%s reads slowly for %d ms", name, time.toMillis());
    slowUntil = world.nanoTime() + time.toNanos();
  }

  Duration slowness() {
    return world.nanoTime() < slowUntil
        ? Duration.ofMillis(choices.nextLong(4_000))
        : Duration.ZERO;
  }

  /** A replica has died. */
  void died(SimulatedReplica replica, boolean isLost, Duration noticed) {
    if (stream != null && stream.replica == replica) {
      stream.died(isLost, noticed);
    }
  }

  /** Whether the client listens for the messages of this conversation. */
  boolean wants(String other) {
    return conversationId == null || conversationId.equals(other);
  }

  /** Whether the client must have heard what was written at this moment, or has refetched since. */
  boolean owes(long at) {
    return at > since && at > refetched;
  }

  /** Whether the client takes part in the run. */
  boolean isThere() {
    return begun;
  }

  /** Whether the client listens; also if the client takes no part in the run. */
  boolean isConnected() {
    return !begun || (stream != null && since != Long.MAX_VALUE);
  }
}
