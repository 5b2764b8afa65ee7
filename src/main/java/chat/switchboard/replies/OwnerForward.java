package chat.switchboard.replies;

import chat.switchboard.address.Channel;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.feed.SeenMessageListener;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.MessageQueries;
import chat.switchboard.librechat.MessageSummary;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Timers;
import chat.switchboard.outbound.Senders;
import chat.switchboard.routing.ForwardConfig;
import chat.switchboard.routing.Mapping;
import chat.switchboard.routing.Mappings;
import chat.switchboard.routing.ServiceNumberSettings;
import com.mongodb.MongoException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.bson.types.ObjectId;
import org.jboss.logging.Logger;

/**
 * Sends the owner's messages in LibreChat to the phones of the people in that conversation, if
 * configured. Every replica may see the same message: each text is sent once.
 *
 * <p>Messages wait in a queue that one worker empties in batches. The worker first queries whether
 * any mapping is forwarded; the mappings and the messages of a batch need one query each.
 */
@ApplicationScoped
class OwnerForward implements SeenMessageListener {

  private static final Logger LOG = Logger.getLogger(OwnerForward.class);

  /**
   * Old messages are not sent, even if they are read again or the setting is new. Messages that
   * were typed during an outage of up to this time are still sent.
   */
  private static final Duration OLDEST = Duration.ofMinutes(10);

  private static final int LARGEST_GROUP = 100;
  private static final int BATCH = 200;

  /**
   * The maximum length of the queue, at some 300 bytes for each message; the feed waits while the
   * queue is full.
   */
  private static final int MOST_WAITING = 20_000;

  /** The number of messages of a batch that are put into the outbox concurrently. */
  private static final int SIDE_BY_SIDE = 8;

  /** The time for which messages are collected after a query found no forwarded mapping. */
  private static final Duration PAUSE_FOR_NOBODY = Duration.ofSeconds(1);

  private static final int TRIES = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final Mappings mappings;
  private final MessageQueries sightings;
  private final ServiceNumberSettings desk;
  private final ReplySender sending;
  private final Senders senders;
  private final ForwardConfig config;
  private final Clock clock;
  private final Timers timers;
  private final MeterRegistry meters;

  /** The lock of this field and of the next two fields is this queue. */
  private final Deque<MessageSummary> waiting = new ArrayDeque<>();

  private boolean working;
  private CompletableFuture<Void> room = CompletableFuture.completedFuture(null);

  OwnerForward(
      Mappings mappings,
      MessageQueries sightings,
      ServiceNumberSettings desk,
      ReplySender sending,
      Senders senders,
      ForwardConfig config,
      Clock clock,
      Timers timers,
      MeterRegistry meters) {
    this.mappings = mappings;
    this.sightings = sightings;
    this.desk = desk;
    this.sending = sending;
    this.senders = senders;
    this.config = config;
    this.clock = clock;
    this.timers = timers;
    this.meters = meters;
    Gauge.builder("switchboard.forward.waiting", this, OwnerForward::backlog)
        .description("Messages of LibreChat that wait for the decision whether to forward them")
        .register(meters);
  }

  private int backlog() {
    synchronized (waiting) {
      return waiting.size();
    }
  }

  @Override
  public Uni<Void> onSeen(Collection<MessageSummary> seen) {
    List<MessageSummary> candidates = seen.stream().filter(this::mayGoOut).toList();
    if (candidates.isEmpty()) {
      return Uni.createFrom().voidItem();
    }
    boolean starts;
    CompletableFuture<Void> roomNow;
    synchronized (waiting) {
      waiting.addAll(candidates);
      if (waiting.size() > MOST_WAITING && room.isDone()) {
        room = new CompletableFuture<>();
      }
      roomNow = room;
      starts = !working;
      working = true;
    }
    if (starts) {
      work();
    }
    return roomNow.isDone()
        ? Uni.createFrom().voidItem()
        : Uni.createFrom().completionStage(roomNow);
  }

  /** Accepts the owner's messages, and the agent's if configured; never messages from outside. */
  private boolean mayGoOut(MessageSummary seen) {
    return (seen.byUser() || config.forwardAgent())
        && !seen.external()
        && !seen.unfinished()
        && seen.conversationId() != null
        && isFresh(seen.createdAt());
  }

  private boolean isFresh(Date createdAt) {
    return createdAt != null && createdAt.toInstant().isAfter(clock.instant().minus(OLDEST));
  }

  /** Takes batches until none waits. */
  private void work() {
    round()
        .onFailure()
        .retry()
        .withBackOff(FIRST_PAUSE, LONGEST_PAUSE)
        .indefinitely()
        .subscribe()
        .with(
            done -> {
              if (isLeft()) {
                work();
              }
            },
            impossible -> LOG.errorf("Forwarding has stopped: %s", Cause.of(impossible)));
  }

  private boolean isLeft() {
    synchronized (waiting) {
      working = !waiting.isEmpty();
      return working;
    }
  }

  private Uni<Void> round() {
    int asked = backlog();
    return anybodyIsForwarded()
        .flatMap(
            anybody -> {
              if (anybody) {
                return forward(take(BATCH));
              }
              take(asked);
              return timers.pause(PAUSE_FOR_NOBODY);
            });
  }

  private List<MessageSummary> take(int most) {
    synchronized (waiting) {
      List<MessageSummary> taken = new ArrayList<>(Math.min(most, waiting.size()));
      while (taken.size() < most && !waiting.isEmpty()) {
        taken.add(waiting.poll());
      }
      if (waiting.size() <= MOST_WAITING / 2) {
        room.complete(null);
      }
      return taken;
    }
  }

  private Uni<Boolean> anybodyIsForwarded() {
    return desk.forwardsByDefault() ? Uni.createFrom().item(true) : mappings.anyForwarded();
  }

  /** Forwards one batch; a message is finished when its texts are in the outbox. */
  private Uni<Void> forward(List<MessageSummary> batch) {
    Map<ObjectId, String> left = new ConcurrentHashMap<>();
    batch.forEach(one -> left.put(one.id(), one.conversationId()));
    return Uni.createFrom()
        .deferred(() -> attempt(left))
        .onFailure(OwnerForward::isOfTheDatabase)
        .retry()
        .withBackOff(FIRST_PAUSE, LONGEST_PAUSE)
        .expireIn(OLDEST.toMillis())
        .onFailure(failure -> !isOfTheDatabase(failure))
        .retry()
        .withBackOff(FIRST_PAUSE, LONGEST_PAUSE)
        .atMost(TRIES)
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.errorf(
                  "%d of %d messages were not forwarded: %s",
                  left.size(), batch.size(), Cause.of(failure));
              return Uni.createFrom().voidItem();
            });
  }

  private static boolean isOfTheDatabase(Throwable failure) {
    return failure instanceof MongoException || failure instanceof TimeoutException;
  }

  private Uni<Void> attempt(Map<ObjectId, String> left) {
    return mappings
        .forwarded(Set.copyOf(left.values()), desk.forwardsByDefault(), BATCH * LARGEST_GROUP)
        .flatMap(
            people -> {
              Map<String, List<Mapping>> byConversation = new HashMap<>();
              people.forEach(
                  one ->
                      byConversation
                          .computeIfAbsent(one.conversationId, any -> new ArrayList<>())
                          .add(one));
              return byConversation.isEmpty()
                  ? Uni.createFrom().voidItem()
                  : sightings
                      .messages(
                          left.keySet().stream()
                              .filter(id -> byConversation.containsKey(left.get(id)))
                              .toList())
                      .flatMap(messages -> send(messages.values(), byConversation, left));
            });
  }

  private Uni<Void> send(
      Collection<Message> messages, Map<String, List<Mapping>> people, Map<ObjectId, String> left) {
    AtomicReference<Throwable> failed = new AtomicReference<>();
    return Multi.createFrom()
        .iterable(messages)
        .select()
        .where(message -> !Boolean.TRUE.equals(message.error))
        .onItem()
        .transformToUni(
            message ->
                send(message, people.getOrDefault(message.conversationId, List.of()))
                    .invoke(() -> left.remove(message.id))
                    .onFailure()
                    .recoverWithUni(
                        failure -> {
                          failed.set(failure);
                          return Uni.createFrom().voidItem();
                        }))
        .merge(SIDE_BY_SIDE)
        .onItem()
        .ignoreAsUni()
        .flatMap(
            done ->
                failed.get() == null
                    ? Uni.createFrom().voidItem()
                    : Uni.createFrom().failure(failed.get()));
  }

  private Uni<Void> send(Message message, List<Mapping> people) {
    List<Recipient> phones = phones(message, people);
    return phones.isEmpty()
        ? Uni.createFrom().voidItem()
        : sending
            .words(message, phones)
            .invoke(() -> meters.counter("switchboard.forwarded").increment(phones.size()));
  }

  private List<Recipient> phones(Message message, List<Mapping> people) {
    List<Recipient> phones = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (Mapping mapping : people) {
      boolean goes =
          phones.size() < LARGEST_GROUP
              && message.user.equals(mapping.user)
              // Switchboard sends no text into a Twilio conversation (group MMS).
              && mapping.conversationSid == null
              && !senders.isOurs(mapping.phoneNumber)
              && PhoneAddress.of(mapping.phoneNumber).channel() != Channel.HOOK
              && desk.forwardOwner(mapping);
      if (goes && known.add(PhoneAddress.of(mapping.phoneNumber).account())) {
        phones.add(
            new Recipient(
                mapping.phoneNumber,
                Optional.ofNullable(mapping.serviceNumber).filter(number -> !number.isEmpty())));
      }
    }
    return phones;
  }
}
