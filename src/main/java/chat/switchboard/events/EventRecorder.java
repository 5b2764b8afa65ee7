package chat.switchboard.events;

import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.IsoDate;
import chat.switchboard.librechat.User;
import chat.switchboard.librechat.Users;
import chat.switchboard.ops.Digests;
import chat.switchboard.ops.FaultPoint;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Keeps an event for each receiver that wants it; a repetition of the same event adds nothing. */
@Singleton
class EventRecorder {

  private final EventEndpoints endpoints;
  private final EventStore store;
  private final EventWorker worker;
  private final Users users;
  private final Conversations conversations;
  private final Clock clock;
  private final ObjectMapper json = JsonMapper.builder().build();
  private final AtomicLong sequence = new AtomicLong();

  EventRecorder(
      EventEndpoints endpoints,
      EventStore store,
      EventWorker worker,
      Users users,
      Conversations conversations,
      Clock clock) {
    this.endpoints = endpoints;
    this.store = store;
    this.worker = worker;
    this.users = users;
    this.conversations = conversations;
    this.clock = clock;
  }

  /** Whether a receiver wants events of this kind. */
  boolean wants(EventType type) {
    return endpoints.want(type);
  }

  /**
   * Keeps an event.
   *
   * @param subject what the event is about, in words of its kind: the same subject is the same
   *     event
   * @param user the id of the LibreChat user, if known; else the conversation's user counts
   */
  Uni<Void> keep(EventType type, String subject, @Nullable String user, OutgoingEvent.Data data) {
    Date now = Date.from(clock.instant());
    String id = "evt_" + Digests.sha256Hex(type.wire() + "\u0000" + subject).substring(0, 32);
    return Multi.createFrom()
        .iterable(endpoints.all())
        .select()
        .where(endpoint -> endpoint.types().contains(type))
        .select()
        .when(endpoint -> isAbout(endpoint, user, data.conversationId()))
        .onItem()
        .transformToUniAndConcatenate(
            endpoint ->
                store
                    .keep(entity(endpoint, id, type, data, now))
                    .invoke(() -> FaultPoint.reached("event kept"))
                    .invoke(isNew -> worker.wake(endpoint.name())))
        .collect()
        .asList()
        .replaceWithVoid();
  }

  private Uni<Boolean> isAbout(
      EventEndpoint endpoint, @Nullable String user, @Nullable String conversationId) {
    if (endpoint.owner().isEmpty()) {
      return Uni.createFrom().item(true);
    }
    return Uni.combine()
        .all()
        .unis(users.find(endpoint.owner().get()), user(user, conversationId))
        .with(
            (owner, found) ->
                owner.map(EventRecorder::id).isPresent()
                    && owner.map(EventRecorder::id).equals(found));
  }

  private static String id(User user) {
    return user.id.toHexString();
  }

  private Uni<Optional<String>> user(@Nullable String user, @Nullable String conversationId) {
    if (user != null || conversationId == null) {
      return Uni.createFrom().item(Optional.ofNullable(user));
    }
    return Uni.createFrom()
        .deferred(() -> conversations.find(UUID.fromString(conversationId)))
        .map(found -> found.map(conversation -> conversation.user))
        // Several users have a conversation with this id: none of them gets the event.
        .onFailure(ProblemException.class)
        .recoverWithItem(Optional.empty())
        .onFailure(IllegalArgumentException.class)
        .recoverWithItem(Optional.empty());
  }

  private EventEntity entity(
      EventEndpoint endpoint, String id, EventType type, OutgoingEvent.Data data, Date now) {
    EventEntity event = new EventEntity();
    event.id = endpoint.name() + ":" + id;
    event.endpoint = endpoint.name();
    event.eventId = id;
    event.type = type.wire();
    event.lane = data.conversationId() == null ? id : data.conversationId();
    event.body =
        body(
            new OutgoingEvent(
                type.wire(), IsoDate.of(now), endpoint.includesText() ? data : data.withoutText()));
    event.state = EventState.PENDING.name();
    event.attempts = 0;
    event.createdAt = now;
    event.nextAttemptAt = now;
    event.sequence = sequence.incrementAndGet();
    return event;
  }

  private String body(OutgoingEvent event) {
    try {
      return json.writeValueAsString(event);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("An event is always writable", impossible);
    }
  }
}
