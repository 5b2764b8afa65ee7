package chat.switchboard.stream;

import chat.switchboard.feed.FeedConfig;
import chat.switchboard.feed.SeenMessages;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.MessageQueries;
import chat.switchboard.librechat.MessageSummary;
import chat.switchboard.librechat.Users;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.bson.types.ObjectId;

/**
 * Finds the messages that a user has missed since an event. The query reaches back a little
 * further, because clocks differ and two messages may be announced in another order than their
 * dates; messages that this process announced before the event are left out again. A place that
 * another process issued says nothing about the order here: the client gets the messages shortly
 * before the place once more, since without these messages the client could miss one.
 */
@ApplicationScoped
class Replay {

  /**
   * How far the messages of a place of another process reach back: longer than a message takes from
   * the process that writes the message to the others.
   */
  private static final Duration UNKNOWN_ORDER = Duration.ofSeconds(30);

  private final MessageQueries sightings;
  private final Users users;
  private final SeenMessages seen;
  private final EventIds ids;
  private final Announcer announcer;
  private final StreamConfig streamConfig;
  private final FeedConfig feedConfig;
  private final Clock clock;

  Replay(
      MessageQueries sightings,
      Users users,
      SeenMessages seen,
      EventIds ids,
      Announcer announcer,
      StreamConfig streamConfig,
      FeedConfig feedConfig,
      Clock clock) {
    this.streamConfig = streamConfig;
    this.feedConfig = feedConfig;
    this.sightings = sightings;
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
    if (place.isEmpty() || now - place.get().at() > streamConfig.replayAge().toMillis()) {
      return tooMuch();
    }
    if (place.get().isMoment()) {
      boolean future = place.get().at() > now + feedConfig.overlap().toMillis();
      return future ? tooMuch() : after(user, conversationId, place.get(), place.get().at());
    }
    return sightings
        .find(place.get().message(), user)
        .flatMap(
            last ->
                last == null
                    ? tooMuch()
                    : after(
                        user,
                        conversationId,
                        place.get(),
                        Math.min(place.get().at(), last.createdAt().getTime())));
  }

  private Uni<ReplayResult> after(String user, String conversationId, EventId place, long at) {
    boolean own = ids.isOwn(place);
    Predicate<ObjectId> told = AnnouncedBefore.place(seen, place, own);
    Duration overlap = own ? feedConfig.overlap() : longest(feedConfig.overlap(), UNKNOWN_ORDER);
    int most = streamConfig.replayEvents();
    return users
        .find(user)
        .flatMap(
            owner ->
                sightings.of(
                    user,
                    owner.map(one -> one.tenantId).orElse(null),
                    conversationId,
                    Instant.ofEpochMilli(at).minus(overlap)))
        .flatMap(
            found -> {
              if (found.isEmpty()) {
                return tooMuch();
              }
              List<MessageSummary> missed =
                  found.get().stream()
                      .filter(one -> !told.test(one.id()))
                      .sorted(
                          Comparator.comparing(MessageSummary::createdAt)
                              .thenComparing(MessageSummary::id))
                      .toList();
              return missed.size() > most
                  ? tooMuch()
                  : sightings
                      .messages(missed.stream().map(MessageSummary::id).toList())
                      .map(messages -> events(missed, messages));
            });
  }

  private ReplayResult events(List<MessageSummary> missed, Map<ObjectId, Message> messages) {
    return new ReplayResult.Events(
        missed.stream()
            // A message that was deleted since does not count as missed.
            .filter(one -> messages.containsKey(one.id()))
            .map(one -> announcer.event(messages.get(one.id()), !one.external()))
            .toList());
  }

  private static Duration longest(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static Uni<ReplayResult> tooMuch() {
    return Uni.createFrom().item(new ReplayResult.TooMuch());
  }
}
