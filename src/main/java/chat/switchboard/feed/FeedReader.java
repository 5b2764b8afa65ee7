package chat.switchboard.feed;

import chat.switchboard.librechat.CopiedRoles;
import chat.switchboard.librechat.MessageQueries;
import chat.switchboard.librechat.MessageSummary;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.bson.BsonDocument;
import org.bson.types.ObjectId;
import org.jboss.logging.Logger;

/**
 * Reads LibreChat's messages for all replicas: writes an entry of {@link FeedEntries} for each
 * message that somebody may have to hear (messages that any replica injected, and the complete
 * answers of LibreChat's agent to these messages), announces these messages to the browsers of this
 * process, and passes all messages to {@link SeenMessageListener}.
 */
@Singleton
class FeedReader implements FeedRole {

  private static final Logger LOG = Logger.getLogger(FeedReader.class);

  /** The maximum number of messages of one poll; the next poll follows at once. */
  private static final int MOST_AT_ONCE = 5_000;

  /** The first poll reads back this far, for messages that were written while no reader ran. */
  private static final Duration AWAY = Duration.ofMinutes(10);

  /** An answer that is unfinished for longer than this was stopped and stays unfinished. */
  private static final Duration LONGEST_ANSWER = Duration.ofMinutes(10);

  /**
   * Answers of all users that are being generated, or were stopped within {@link #LONGEST_ANSWER}:
   * 33 a second, of some 150 bytes each. Answers above this number are not announced; clients
   * refetch.
   */
  private static final int MOST_UNFINISHED = 20_000;

  /** Unfinished answers in the filter of one query, about 20 KB. */
  private static final int UNFINISHED_AT_ONCE = 1_000;

  /**
   * Conversations with copies that one poll repairs; the scan of new conversations finds the
   * others.
   */
  private static final int MOST_COPIES = 100;

  /** How often the position is stored. */
  private static final Duration SAVE = Duration.ofSeconds(5);

  private static final int MOST_CHANGES = 500;

  private final MessageQueries sightings;
  private final CopiedRoles copiedRoles;
  private final FeedEntries entries;
  private final FeedBus bus;
  private final ReaderPosition readerPosition;
  private final OwnAnnouncements own;
  private final SeenMessages seen;
  private final NewMessageListener newMessages;
  private final SeenMessageListener seenMessages;
  private final Duration overlap;
  private final Clock clock;

  /** The messages that this reader has read recently. */
  private final SeenMessages read = new SeenMessages();

  /** An answer that the feed saw unfinished, with the time of the first sighting. */
  private record Unfinished(MessageSummary answer, Instant since) {}

  private final Map<ObjectId, Unfinished> unfinished = new ConcurrentHashMap<>();

  /**
   * The time at which clients refetch the answers above {@link #MOST_UNFINISHED}; null if there are
   * none.
   */
  private volatile Instant refetchAt;

  /**
   * The start of the last poll that left no message for the next poll; null before the first such
   * poll of this term.
   */
  private volatile Instant looked;

  /** The start of the last successful poll; null before the first successful poll. */
  private volatile Instant succeeded;

  private volatile Instant saved = Instant.MIN;

  /**
   * Shortly before the start of this process: every client has connected after older messages. Null
   * after the messages from before were read.
   */
  private volatile Instant quietBefore;

  /** The position of the next poll after a poll that left messages; else null. */
  private volatile Instant resume;

  /** The position in the change stream; kept when the change stream breaks. */
  private volatile BsonDocument position;

  FeedReader(
      MessageQueries sightings,
      CopiedRoles copiedRoles,
      FeedEntries entries,
      FeedBus bus,
      ReaderPosition readerPosition,
      OwnAnnouncements own,
      SeenMessages seen,
      NewMessageListener newMessages,
      SeenMessageListener seenMessages,
      FeedConfig config,
      Clock clock) {
    this.sightings = sightings;
    this.copiedRoles = copiedRoles;
    this.entries = entries;
    this.bus = bus;
    this.readerPosition = readerPosition;
    this.own = own;
    this.seen = seen;
    this.newMessages = newMessages;
    this.seenMessages = seenMessages;
    this.overlap = config.overlap();
    this.clock = clock;
  }

  /**
   * Continues where the last reader stopped. The first poll reads the messages of the last {@link
   * #AWAY} again: the last reader may have seen answers unfinished, or may have stopped between a
   * message and its entry. If no reader ran for longer, or none has ever run, messages may have no
   * entries: replays read LibreChat's messages for that time, and clients refetch.
   */
  @Override
  public Uni<Void> begin(boolean atStart, Duration age) {
    looked = null;
    resume = null;
    refetchAt = null;
    unfinished.clear();
    quietBefore = atStart ? clock.instant().minus(age).minus(overlap) : null;
    return readerPosition
        .find()
        .flatMap(
            found -> {
              position = found.map(ReaderPosition.Position::changes).orElse(null);
              boolean isRecent =
                  found.isPresent()
                      && found.get().looked().isAfter(clock.instant().minus(AWAY.minus(overlap)));
              if (isRecent) {
                return Uni.createFrom().voidItem();
              }
              if (found.isEmpty()) {
                return entries.addBeginning();
              }
              LOG.warnf(
                  "No replica read LibreChat's messages since %s; clients are told to refetch.",
                  found.get().looked());
              return skip();
            });
  }

  /** Tells the clients of all replicas to refetch, and replays to read LibreChat's messages. */
  private Uni<Void> skip() {
    return entries
        .addGap()
        .invoke(stored -> stored.forEach(this::see))
        .onFailure()
        .invoke(bus::miss)
        .invoke(bus::publish)
        .invoke(newMessages::onSkipped)
        .replaceWithVoid();
  }

  @Override
  public Duration age() {
    Instant last = succeeded;
    return last == null ? UNKNOWN : Duration.between(last, clock.instant());
  }

  @Override
  public boolean isBehind() {
    return resume != null;
  }

  @Override
  public Cancellable follow(Consumer<Throwable> broken) {
    return BatchingSubscriber.of(
        sightings.changes(position),
        MOST_CHANGES,
        changes ->
            changed(changes).invoke(() -> position = changes.get(changes.size() - 1).position()),
        broken);
  }

  @Override
  public boolean hasPosition() {
    return position != null;
  }

  @Override
  public void forgetPosition() {
    // Polling finds the messages in between.
    position = null;
  }

  /**
   * Polls for messages since the last poll, with an overlap, writes the entries and announces the
   * new messages.
   */
  @Override
  public Uni<Duration> look() {
    Instant begun = clock.instant();
    Instant last = looked;
    Instant goOn = resume;
    return sightings
        .since(goOn != null ? goOn : last == null ? begun.minus(AWAY) : last.minus(overlap))
        .select()
        .where(
            one -> !read.contains(one.id(), one.firstDate()) && !unfinished.containsKey(one.id()))
        .select()
        .first(MOST_AT_ONCE + 1)
        .collect()
        .asList()
        .flatMap(
            found -> {
              boolean isWhole = found.size() <= MOST_AT_ONCE;
              return tell(found, quietBefore)
                  .invoke(
                      () -> {
                        resume = isWhole ? null : after(found);
                        if (isWhole) {
                          looked = begun;
                          quietBefore = null;
                          own.follow();
                        }
                      })
                  .replaceWith(last == null || goOn != null ? Duration.ZERO : late(found, begun));
            })
        .call(this::lookAtUnfinished)
        .call(this::save)
        .invoke(() -> succeeded = begun);
  }

  /** The messages are in order; another message may have the same millisecond. */
  private static Instant after(List<MessageSummary> found) {
    return found.get(found.size() - 1).createdAt().toInstant().minusMillis(1);
  }

  private static Duration late(List<MessageSummary> found, Instant begun) {
    return found.stream()
        .filter(MessageSummary::external)
        .map(one -> Duration.between(one.createdAt().toInstant(), begun))
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  private Uni<Void> save() {
    Instant now = clock.instant();
    Instant until = looked;
    if (until == null || saved.isAfter(now.minus(SAVE))) {
      return Uni.createFrom().voidItem();
    }
    return readerPosition.save(until, position).invoke(() -> saved = now);
  }

  /**
   * Takes events of the change stream. An answer that this feed has seen unfinished needs no query
   * when it completes; the other answers of these events need one query together.
   */
  private Uni<Void> changed(List<MessageQueries.Change> changes) {
    Map<ObjectId, MessageSummary> known = new LinkedHashMap<>();
    Set<ObjectId> unknown = new LinkedHashSet<>();
    for (MessageQueries.Change change : changes) {
      MessageSummary added = change.sighting();
      if (added != null) {
        known.put(added.id(), added);
      } else if (change.updated() != null) {
        complete(change, known, unknown);
      }
    }
    return found(unknown)
        .flatMap(
            found -> {
              found.forEach(one -> known.put(one.id(), one));
              return tell(known.values(), null);
            });
  }

  private void complete(
      MessageQueries.Change change, Map<ObjectId, MessageSummary> known, Set<ObjectId> unknown) {
    ObjectId id = change.updated();
    Unfinished before = unfinished.get(id);
    MessageSummary begun = known.getOrDefault(id, before == null ? null : before.answer());
    if (begun == null || !change.completes()) {
      unknown.add(id);
    } else {
      known.put(id, begun.finished());
    }
  }

  private Uni<List<MessageSummary>> found(Set<ObjectId> ids) {
    return ids.isEmpty()
        ? Uni.createFrom().item(List.of())
        : sightings.finished(ids).collect().asList();
  }

  /**
   * @param quietBefore older messages are not announced in this process; null for none
   */
  private Uni<Void> tell(Collection<MessageSummary> found, Instant quietBefore) {
    return copiedRoles
        .restore(copies(found))
        // The scan of new conversations repeats this step, and so does every call of the agent.
        .onFailure()
        .recoverWithItem(0L)
        .chain(() -> announce(found, quietBefore));
  }

  /**
   * Returns the conversations with messages from outside that LibreChat copied without their role.
   */
  private static List<String> copies(Collection<MessageSummary> found) {
    return found.stream()
        .filter(one -> one.external() && one.roleless() && one.conversationId() != null)
        .map(MessageSummary::conversationId)
        .distinct()
        .limit(MOST_COPIES)
        .toList();
  }

  private Uni<Void> announce(Collection<MessageSummary> found, Instant quietBefore) {
    List<MessageSummary> complete =
        found.stream()
            .filter(one -> !read.contains(one.id(), one.firstDate()))
            .filter(
                one -> {
                  boolean inTheMaking = one.unfinished() && !one.external();
                  if (inTheMaking) {
                    note(one);
                  }
                  return !inTheMaking;
                })
            .sorted(
                Comparator.comparing(MessageSummary::createdAt).thenComparing(MessageSummary::id))
            .toList();
    return sightings
        .answers(complete.stream().filter(one -> !one.external() && !one.byUser()).toList())
        .flatMap(
            answers ->
                store(
                    complete.stream()
                        .filter(one -> one.external() || answers.contains(one))
                        .map(FeedReader::entry)
                        .toList(),
                    quietBefore))
        .invoke(() -> complete.forEach(this::note))
        .chain(() -> seenMessages.onSeen(complete));
  }

  /** Stores entries before their announcement: a client that connects meanwhile reads them. */
  private Uni<Void> store(List<FeedEntry> found, Instant quietBefore) {
    if (found.isEmpty()) {
      return Uni.createFrom().voidItem();
    }
    return entries
        .add(found)
        .onFailure()
        .invoke(bus::miss)
        .invoke(bus::publish)
        .invoke(() -> own.stored(found.stream().map(FeedEntry::id).toList()))
        .chain(
            () ->
                newMessages.onNew(
                    found.stream()
                        .filter(
                            one ->
                                quietBefore == null
                                    || !one.createdAt().toInstant().isBefore(quietBefore))
                        .toList()))
        .invoke(() -> found.forEach(this::see));
  }

  private void see(FeedEntry entry) {
    seen.add(entry.id(), entry.createdAt(), clock.millis());
  }

  private static FeedEntry entry(MessageSummary message) {
    return new FeedEntry(
        message.id(),
        message.user(),
        null,
        message.firstDate(),
        message.messageId(),
        message.conversationId(),
        message.external() ? FeedEntry.Kind.MESSAGE : FeedEntry.Kind.REPLY);
  }

  /** Marks a message as read; an unfinished answer is checked again at the next poll. */
  private void note(MessageSummary one) {
    if (one.unfinished() && !one.external()) {
      if (unfinished.size() < MOST_UNFINISHED) {
        unfinished.putIfAbsent(one.id(), new Unfinished(one, clock.instant()));
      } else if (!unfinished.containsKey(one.id()) && refetchAt == null) {
        refetchAt = clock.instant().plus(LONGEST_ANSWER);
        LOG.warnf(
            "More than %d answers are unfinished; clients are told to refetch in %d minutes.",
            MOST_UNFINISHED, LONGEST_ANSWER.toMinutes());
      }
    } else {
      unfinished.remove(one.id());
      read.add(one.id(), one.firstDate(), clock.millis());
    }
  }

  private Uni<Void> lookAtUnfinished() {
    Instant now = clock.instant();
    Instant tooLong = now.minus(LONGEST_ANSWER);
    boolean refetch = refetchAt != null && now.isAfter(refetchAt);
    if (refetch) {
      refetchAt = null;
    }
    return (refetch ? skip() : Uni.createFrom().voidItem())
        .chain(this::completeUnfinished)
        // Afterwards: an answer may have completed while this process could not read.
        .invoke(() -> unfinished.values().removeIf(one -> one.since().isBefore(tooLong)));
  }

  private Uni<Void> completeUnfinished() {
    return Multi.createFrom()
        .iterable(List.copyOf(unfinished.keySet()))
        .group()
        .intoLists()
        .of(UNFINISHED_AT_ONCE)
        .onItem()
        .transformToUniAndConcatenate(ids -> sightings.finished(ids).collect().asList())
        .onItem()
        .transformToUniAndConcatenate(finished -> tell(finished, null))
        .onItem()
        .ignoreAsUni();
  }
}
