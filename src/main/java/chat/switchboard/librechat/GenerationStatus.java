package chat.switchboard.librechat;

import chat.switchboard.http.BoundedExchange;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/**
 * Asks LibreChat whether a generation runs, or is about to run, in a conversation, by requests that
 * change nothing there.
 *
 * <p>LibreChat's status request is no pure read: text that the owner typed during a run, and that
 * the run did not use, is parked, and a status request of protocol version 1 takes the parked text
 * away from the page. Therefore every status request of this class names version 2, and if a server
 * responds with version 1 (the default of a LibreChat on Redis), this class reads the list of
 * active runs instead, which has no side effect. The response for a conversation that does not
 * exist shows the version of the server: such a conversation cannot have parked text. Source:
 * LibreChat main of August 2026, {@code api/server/routes/agents/index.js} and {@code
 * controllers/agents/protocol.js}.
 */
@Singleton
class GenerationStatus {

  /**
   * How long after the end of a run a server of version 1 counts as generating: the list of active
   * runs does not contain a run that is being saved, nor parked text that the page is about to
   * send.
   */
  static final Duration GRACE = Duration.ofSeconds(2);

  /** In LibreChat's own network a response takes milliseconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /**
   * How long the protocol version of the server is cached; the version can change with a restart of
   * LibreChat.
   */
  private static final Duration PROTOCOL_IS_KNOWN = Duration.ofSeconds(60);

  /** How long a LibreChat without queued turns gets no further request for queued turns. */
  private static final Duration NO_QUEUE = Duration.ofMinutes(5);

  /** 1 MiB: a status response contains the text generated so far. */
  private static final int LARGEST_ANSWER = 1024 * 1024;

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofSeconds(30);

  private static final String VERSION_2 = "generationProtocolVersion=2";

  /**
   * States of queued turns that will not run or that already run (librechat-data-provider 0.8.524).
   */
  private static final Set<String> NOT_WAITING = Set.of("admitted", "cancelled", "dead");

  private enum Protocol {
    VERSION_1,
    VERSION_2
  }

  /** A response of LibreChat, without the connection. */
  private record Answer(int status, String retryAfter, String body) {

    /** Returns the body as an object; empty if the body is not a JSON object, such as a page. */
    JsonObject json() {
      try {
        return new JsonObject(body);
      } catch (DecodeException | ClassCastException other) {
        return new JsonObject();
      }
    }
  }

  /** LibreChat asked for a later request, because it cannot tell the status yet. */
  private static final class NotReady extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final Duration retryAfter;

    NotReady(Duration retryAfter) {
      super("LibreChat cannot tell the status yet", null, false, false);
      this.retryAfter = retryAfter;
    }
  }

  /** LibreChat's response says neither yes nor no. */
  private static final class Unsaid extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unsaid(String cause) {
      super(cause, null, false, false);
    }

    /** The cause alone, which is what {@code ops.Cause} logs. */
    @Override
    @SuppressWarnings("OverrideThrowableToString")
    public String toString() {
      return getMessage();
    }
  }

  private final LibreChatHttp door;
  private final Clock clock;

  /** The time until which no status of a conversation is requested. */
  private final RecentTimes askAgainAt = new RecentTimes();

  /** The last time at which the list of active runs contained a conversation. */
  private final RecentTimes lastActive = new RecentTimes();

  private volatile Protocol protocol;
  private volatile Instant protocolKnownUntil = Instant.MIN;
  private volatile Instant noQueueUntil = Instant.MIN;

  /** Whether the server has a list of active runs; releases without it have no parked words. */
  private volatile boolean hasActiveList = true;

  GenerationStatus(LibreChatHttp door, Clock clock) {
    this.door = door;
    this.clock = clock;
  }

  /**
   * Whether an answer is being generated or saved in this conversation, or the owner's next message
   * waits for the end of that answer. Fails if LibreChat does not tell.
   */
  Uni<Boolean> generating(String conversationId, String user) {
    if (askAgainAt.isBefore(clock.instant(), conversationId)) {
      return yes();
    }
    return queued(conversationId, user)
        .flatMap(
            queued -> queued ? yes() : protocol(user).flatMap(by -> ask(by, conversationId, user)))
        .onFailure(BoundedExchange.TooLarge.class)
        // Only the status of an active run contains generated text.
        .recoverWithItem(true)
        .onFailure(NotReady.class)
        .recoverWithItem(
            failure -> {
              askAgainAt.set(conversationId, clock.instant().plus(failure.retryAfter));
              return true;
            });
  }

  /** Whether the server's responses do not show a run that is being saved. */
  boolean needsGrace() {
    return protocol == Protocol.VERSION_1 && hasActiveList;
  }

  private Uni<Boolean> ask(Protocol by, String conversationId, String user) {
    return by == Protocol.VERSION_2 ? status(conversationId, user) : active(conversationId, user);
  }

  /** Reads the server's protocol version from the status of a conversation that does not exist. */
  private Uni<Protocol> protocol(String user) {
    Protocol known = protocol;
    if (known != null && clock.instant().isBefore(protocolKnownUntil)) {
      return Uni.createFrom().item(known);
    }
    return get("/status/" + UUID.randomUUID() + "?" + VERSION_2, user)
        .map(
            answer -> {
              if (answer.status() != 200 && answer.status() != 404) {
                throw refused(answer);
              }
              Protocol found = isVersion2(answer.json()) ? Protocol.VERSION_2 : Protocol.VERSION_1;
              protocol = found;
              protocolKnownUntil = clock.instant().plus(PROTOCOL_IS_KNOWN);
              hasActiveList = true;
              return found;
            });
  }

  private static boolean isVersion2(JsonObject answer) {
    return answer.getValue("generationProtocolVersion") instanceof Number version
        && version.intValue() == 2;
  }

  private Uni<Boolean> status(String conversationId, String user) {
    return get("/status/" + conversationId + "?" + VERSION_2, user)
        .map(
            answer -> {
              JsonObject status = answer.json();
              if (answer.status() != 200 || !(status.getValue("active") instanceof Boolean)) {
                throw refused(answer);
              }
              if (!isVersion2(status)) {
                // An old run, or another server than before: the version is read again before the
                // next request.
                protocolKnownUntil = Instant.MIN;
              }
              return status.getBoolean("active")
                  || "requires_action".equals(status.getValue("status"))
                  || isFilled(status.getValue("unrecoveredSteers"));
            });
  }

  private static boolean isFilled(Object list) {
    return list instanceof JsonArray items && !items.isEmpty();
  }

  private Uni<Boolean> active(String conversationId, String user) {
    if (!hasActiveList) {
      return status(conversationId, user);
    }
    return get("/active", user)
        .flatMap(
            answer -> {
              if (answer.status() == 404 || answer.status() == 405) {
                hasActiveList = false;
                return status(conversationId, user);
              }
              if (answer.status() != 200
                  || !(answer.json().getValue("activeJobIds") instanceof JsonArray active)) {
                throw refused(answer);
              }
              Instant now = clock.instant();
              if (active.contains(conversationId)) {
                lastActive.set(conversationId, now);
                return yes();
              }
              return Uni.createFrom().item(lastActive.isWithin(GRACE, now, conversationId));
            });
  }

  /**
   * Whether turns of the owner wait in the server's own queue; releases without a queue respond
   * with 404 or 501. The queue is read before the status: a turn moves from the queue to a run,
   * never back.
   */
  private Uni<Boolean> queued(String conversationId, String user) {
    if (clock.instant().isBefore(noQueueUntil)) {
      return Uni.createFrom().item(false);
    }
    return get("/queued-turns?conversationId=" + conversationId, user)
        .map(
            answer -> {
              int status = answer.status();
              if (status == 401
                  || status == 403
                  || status == 429
                  || (status >= 500 && status != 501)) {
                throw refused(answer);
              }
              if (status == 200
                  && answer.json().getValue("queuedTurns") instanceof JsonArray turns) {
                return turns.stream().anyMatch(GenerationStatus::isWaiting);
              }
              noQueueUntil = clock.instant().plus(NO_QUEUE);
              return false;
            });
  }

  private static boolean isWaiting(Object turn) {
    return !(turn instanceof JsonObject receipt
        && receipt.getValue("status") instanceof String status
        && NOT_WAITING.contains(status));
  }

  /** Returns the failure for a response that says neither yes nor no. */
  private static RuntimeException refused(Answer answer) {
    int status = answer.status();
    boolean notReady =
        status == 503
            && (answer.retryAfter() != null
                || "SERVER_NOT_READY".equals(answer.json().getValue("code")));
    if (notReady) {
      return new NotReady(retryAfter(answer.retryAfter()));
    }
    if (status == 200) {
      return new Unsaid("its response has an unexpected form");
    }
    return new Unsaid(
        "it responded with status "
            + status
            + (status == 401 || status == 403 ? ": check that both have the same JWT_SECRET" : ""));
  }

  private static Duration retryAfter(String seconds) {
    if (seconds == null || !seconds.matches("\\d{1,9}")) {
      return RETRY_AFTER;
    }
    Duration wanted = Duration.ofSeconds(Integer.parseInt(seconds));
    return wanted.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : wanted;
  }

  private Uni<Answer> get(String path, String user) {
    RequestOptions request =
        door.request(HttpMethod.GET, path, user, PATIENCE).putHeader("Accept", "application/json");
    return BoundedExchange.send(door.client(), request, null, PATIENCE, LARGEST_ANSWER)
        .map(
            answer ->
                new Answer(answer.status(), answer.headers().get("Retry-After"), answer.body()));
  }

  private static Uni<Boolean> yes() {
    return Uni.createFrom().item(true);
  }
}
