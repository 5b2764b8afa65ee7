package chat.switchboard.stream;

import chat.switchboard.feed.FeedConfig;
import chat.switchboard.feed.FeedEntries;
import chat.switchboard.feed.FeedEntry;
import chat.switchboard.feed.OwnAnnouncements;
import chat.switchboard.feed.SeenMessages;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.MessageQueries;
import chat.switchboard.librechat.MessageSummary;
import chat.switchboard.librechat.Users;
import chat.switchboard.mongo.BatchCommand.Outcome;
import chat.switchboard.mongo.BatchLimits;
import chat.switchboard.mongo.Batcher;
import chat.switchboard.mongo.Batchers;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Date;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.types.ObjectId;

/**
 * Finds the messages that a user has missed since an event: the user's entries in {@link
 * FeedEntries}, which cost as much as the user has missed, and the messages that this process has
 * announced and that have no entry yet. For a time without entries (before the first reader, or
 * while no replica read), LibreChat's messages are read instead.
 *
 * <p>The queries reach back a little further than the event, because clocks differ and two messages
 * may be announced in another order than their dates; messages that this process announced before
 * the event are left out again. A place that another process issued says nothing about the order
 * here: the client gets the messages shortly before the place once more, since without these
 * messages the client could miss one. So the id of a replayed message names this process only if
 * the client then has all that this process announced before that message.
 */
@ApplicationScoped
class Replay {

  /**
   * How far the messages of a place reach back: longer than a message takes from the process that
   * writes the message to the others.
   */
  private static final Duration UNKNOWN_ORDER = Duration.ofSeconds(30);

  /** Entries that one replay reads; a client that may have missed more messages refetches. */
  private static final int MOST_ENTRIES = 5_000;

  /** More than most messages have, so that one query reads at most about 1,000 messages. */
  private static final int MESSAGE_BYTES = 4_096;

  private final MessageQueries sightings;
  private final Batcher<List<ObjectId>, Map<ObjectId, Message>> messages;
  private final FeedEntries entries;
  private final OwnAnnouncements ownAnnouncements;
  private final Users users;
  private final SeenMessages seen;
  private final EventIds ids;
  private final Announcer announcer;
  private final StreamConfig streamConfig;
  private final FeedConfig feedConfig;
  private final Clock clock;

  /** A missed message. */
  private record Missed(ObjectId id, String conversationId, Date createdAt, boolean isReply) {

    static Missed of(MessageSummary message) {
      return new Missed(
          message.id(), message.conversationId(), message.createdAt(), !message.external());
    }

    static Missed of(FeedEntry entry) {
      return new Missed(
          entry.id(),
          entry.conversationId(),
          entry.createdAt(),
          entry.kind() == FeedEntry.Kind.REPLY);
    }
  }

  /**
   * What a client asks for.
   *
   * @param conversationId null for all conversations of the user
   */
  private record Asked(String user, String conversationId, EventId place, Beginning beginning) {}

  /**
   * The beginning of a replay: messages that this process announces later reach the client's stream
   * after the replay.
   *
   * @param announced how many messages this process had seen
   * @param at in milliseconds
   */
  private record Beginning(long announced, long at) {}

  Replay(
      MessageQueries sightings,
      FeedEntries entries,
      OwnAnnouncements ownAnnouncements,
      Users users,
      SeenMessages seen,
      EventIds ids,
      Announcer announcer,
      StreamConfig streamConfig,
      FeedConfig feedConfig,
      Clock clock,
      Batchers batchers) {
    this.messages =
        batchers.of(
            this::messagesOfAll, BatchLimits.ofCalls(asked -> (long) asked.size() * MESSAGE_BYTES));
    this.streamConfig = streamConfig;
    this.feedConfig = feedConfig;
    this.sightings = sightings;
    this.entries = entries;
    this.ownAnnouncements = ownAnnouncements;
    this.users = users;
    this.seen = seen;
    this.ids = ids;
    this.announcer = announcer;
    this.clock = clock;
  }

  /**
   * @param conversationId null for all conversations of the user
   * @param lastEventId as the client sent it; the id of another user's message counts as unknown
   */
  Uni<ReplayResult> since(String user, String conversationId, String lastEventId) {
    Optional<EventId> place = EventId.parse(lastEventId);
    long now = clock.millis();
    if (place.isEmpty() || now - place.get().at() > feedConfig.replayAge().toMillis()) {
      return tooMuch();
    }
    Asked asked = new Asked(user, conversationId, place.get(), new Beginning(seen.count(), now));
    if (place.get().isMoment()) {
      boolean future = place.get().at() > now + feedConfig.overlap().toMillis();
      return future ? tooMuch() : after(asked, place.get().at());
    }
    Reading reading = read(user, place.get().at());
    return reading
        .entries()
        .flatMap(
            found ->
                reading.knows(place.get().message(), found)
                    ? after(asked, place.get().at(), reading, found)
                    : afterMessage(asked));
  }

  /** For a place without an entry: the message itself says whose it is. */
  private Uni<ReplayResult> afterMessage(Asked asked) {
    return sightings
        .find(asked.place().message(), asked.user())
        .flatMap(
            last ->
                last == null
                    ? tooMuch()
                    : after(asked, Math.min(asked.place().at(), last.createdAt().getTime())));
  }

  /**
   * The entries of a user.
   *
   * @param waiting the announced messages that may have no entry; known before the entries are
   *     read, since a message that is not here any more has an entry
   * @param entries empty where the entries are not complete
   */
  private record Reading(List<FeedEntry> waiting, Uni<Optional<List<FeedEntry>>> entries) {

    boolean knows(ObjectId message, Optional<List<FeedEntry>> found) {
      return Stream.concat(found.stream().flatMap(List::stream), waiting.stream())
          .anyMatch(one -> one.id().equals(message));
    }
  }

  private Reading read(String user, long at) {
    return new Reading(
        ownAnnouncements.of(user),
        ownAnnouncements.isComplete()
            ? entries.of(user, before(at), MOST_ENTRIES + 1).map(Optional::of)
            : Uni.createFrom().item(Optional.empty()));
  }

  private Uni<ReplayResult> after(Asked asked, long at) {
    Reading reading = read(asked.user(), at);
    return reading.entries().flatMap(found -> after(asked, at, reading, found));
  }

  private Uni<ReplayResult> after(
      Asked asked, long at, Reading reading, Optional<List<FeedEntry>> read) {
    EventId place = asked.place();
    String conversationId = asked.conversationId();
    Predicate<ObjectId> told = AnnouncedBefore.place(seen, place, ids.isOwn(place));
    return Uni.createFrom()
        .item(read)
        .flatMap(
            found -> {
              if (found.isEmpty()
                  || !found.get().stream().allMatch(one -> one.kind().isMessage())) {
                return ofMessages(asked.user(), conversationId, at);
              }
              if (found.get().size() > MOST_ENTRIES) {
                return Uni.createFrom().item(Optional.<List<Missed>>empty());
              }
              return Uni.createFrom()
                  .item(
                      Optional.of(
                          Stream.concat(found.get().stream(), reading.waiting().stream())
                              .map(Missed::of)
                              .distinct()
                              .toList()));
            })
        .flatMap(
            found ->
                found.isEmpty()
                    ? tooMuch()
                    : read(
                        found.get().stream()
                            .filter(
                                one ->
                                    conversationId == null
                                        || conversationId.equals(one.conversationId()))
                            .filter(one -> !told.test(one.id()))
                            .sorted(
                                Comparator.comparing(Missed::createdAt).thenComparing(Missed::id))
                            .toList(),
                        asked.beginning()));
  }

  /** The beginning of a query whose messages may be announced after the place. */
  private Instant before(long at) {
    Duration overlap = feedConfig.overlap();
    return Instant.ofEpochMilli(at)
        .minus(longest(longest(overlap, UNKNOWN_ORDER), feedConfig.maxFeedLag()));
  }

  private Uni<Optional<List<Missed>>> ofMessages(String user, String conversationId, long at) {
    return users
        .find(user)
        .flatMap(
            owner ->
                sightings.of(
                    user, owner.map(one -> one.tenantId).orElse(null), conversationId, before(at)))
        .map(found -> found.map(all -> all.stream().map(Missed::of).toList()));
  }

  private Uni<ReplayResult> read(List<Missed> missed, Beginning beginning) {
    if (missed.isEmpty()) {
      return Uni.createFrom().item(events(missed, Map.of(), beginning));
    }
    return missed.size() > streamConfig.replayEvents()
        ? tooMuch()
        : messages
            .ask(missed.stream().map(Missed::id).toList())
            .map(messages -> events(missed, messages, beginning));
  }

  /** The clients that reconnect together share a query. */
  private Uni<List<Outcome<Map<ObjectId, Message>>>> messagesOfAll(List<List<ObjectId>> asked) {
    return sightings
        .messages(asked.stream().flatMap(List::stream).collect(Collectors.toSet()))
        .map(
            found ->
                asked.stream()
                    .<Outcome<Map<ObjectId, Message>>>map(ids -> of(ids, found))
                    .toList());
  }

  private static Outcome<Map<ObjectId, Message>> of(
      List<ObjectId> ids, Map<ObjectId, Message> found) {
    return new Outcome.Done<>(
        ids.stream()
            .distinct()
            .filter(found::containsKey)
            .collect(Collectors.toMap(id -> id, found::get)));
  }

  private ReplayResult events(
      List<Missed> missed, Map<ObjectId, Message> messages, Beginning beginning) {
    // A message that was deleted since does not count as missed.
    List<Missed> there = missed.stream().filter(one -> messages.containsKey(one.id())).toList();
    LinkedList<Announcement> events = new LinkedList<>();
    long next = beginning.announced();
    for (int i = there.size() - 1; i >= 0; i--) {
      Missed one = there.get(i);
      Message message = messages.get(one.id());
      SeenMessages.Place place = seen.find(one.id());
      boolean isInOrder = place != null && place.number() < next;
      next = isInOrder ? place.number() : next;
      events.addFirst(
          announcer.event(
              message, one.isReply(), id(message, isInOrder, i == there.size() - 1, beginning)));
    }
    return new ReplayResult.Events(events);
  }

  /**
   * An id of this process says that the client has all messages that this process announced before
   * the message. That is true if the messages that follow in the replay were announced later, and
   * before the replay; after the last message of the replay the client has all messages that were
   * announced before the replay.
   */
  private EventId id(Message message, boolean isInOrder, boolean isLast, Beginning beginning) {
    if (isInOrder) {
      return ids.of(message);
    }
    return isLast ? ids.at(beginning.at()) : ids.unordered(message);
  }

  private static Duration longest(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static Uni<ReplayResult> tooMuch() {
    return Uni.createFrom().item(new ReplayResult.TooMuch());
  }
}
