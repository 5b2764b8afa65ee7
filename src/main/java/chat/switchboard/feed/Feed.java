package chat.switchboard.feed;

import chat.switchboard.librechat.CopiedRoles;
import chat.switchboard.librechat.MessageQueries;
import chat.switchboard.librechat.MessageSummary;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
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
import org.bson.types.ObjectId;
import org.jboss.logging.Logger;

/**
 * Announces messages that other processes wrote: messages that other replicas injected, and answers
 * of LibreChat's agent to injected messages, once the answers are complete.
 */
@ApplicationScoped
class Feed {

  private static final Logger LOG = Logger.getLogger(Feed.class);

  /** If one poll finds more new messages than this, clients are told to refetch instead. */
  private static final int MOST_AT_ONCE = 5_000;

  /** The first poll reads back this far, for messages that were written while no process ran. */
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

  private final MessageQueries sightings;
  private final CopiedRoles copiedRoles;
  private final SeenMessages seen;
  private final NewMessageListener newMessages;
  private final SeenMessageListener seenMessages;
  private final Duration overlap;
  private final Clock clock;

  /** An answer that the feed saw unfinished, with the time of the first sighting. */
  private record Unfinished(MessageSummary answer, Instant since) {}

  private final Map<ObjectId, Unfinished> unfinished = new ConcurrentHashMap<>();

  /**
   * The time at which clients refetch the answers above {@link #MOST_UNFINISHED}; null if there are
   * none.
   */
  private volatile Instant refetchAt;

  /** The start of the last successful poll; null before the first successful poll. */
  private volatile Instant looked;

  /** The time of the first poll: older messages are not seen. */
  private volatile Instant started;

  /** The position of the next poll after a poll that found too many messages; else null. */
  private volatile Instant resume;

  Feed(
      MessageQueries sightings,
      CopiedRoles copiedRoles,
      SeenMessages seen,
      NewMessageListener newMessages,
      SeenMessageListener seenMessages,
      FeedConfig config,
      Clock clock) {
    this.sightings = sightings;
    this.copiedRoles = copiedRoles;
    this.seen = seen;
    this.newMessages = newMessages;
    this.seenMessages = seenMessages;
    this.overlap = config.overlap();
    this.clock = clock;
  }

  /**
   * The time since the start of the last successful poll; about 68 years before the first
   * successful poll.
   */
  Duration age() {
    Instant last = looked;
    return last == null
        ? Duration.ofSeconds(Integer.MAX_VALUE)
        : Duration.between(last, clock.instant());
  }

  /**
   * Polls for messages since the last poll, with an overlap, and announces the new messages. The
   * first poll announces nothing: every client has connected after these messages.
   *
   * @return the age of the oldest injected message that only this poll has found; zero if the poll
   *     found none
   */
  Uni<Duration> look() {
    Instant begun = clock.instant();
    Instant last = looked;
    Instant goOn = resume;
    if (last == null) {
      started = begun;
    }
    return sightings
        .since(goOn != null ? goOn : last == null ? begun.minus(AWAY) : last.minus(overlap))
        .select()
        .where(one -> !seen.contains(one.id()) && !unfinished.containsKey(one.id()))
        .select()
        .first(MOST_AT_ONCE + 1)
        .collect()
        .asList()
        .flatMap(
            found -> {
              boolean tooMany = found.size() > MOST_AT_ONCE;
              // The messages are in order; another message may have the same millisecond.
              Instant next =
                  tooMany
                      ? found.get(found.size() - 1).createdAt().toInstant().minusMillis(1)
                      : null;
              return take(found, tooMany, last == null, begun).invoke(() -> resume = next);
            })
        .call(this::lookAtUnfinished)
        .invoke(() -> looked = begun);
  }

  private Uni<Duration> take(
      List<MessageSummary> found, boolean tooMany, boolean isFirst, Instant begun) {
    List<MessageSummary> before =
        found.stream().filter(one -> one.createdAt().toInstant().isBefore(started)).toList();
    List<MessageSummary> since =
        found.stream().filter(one -> !one.createdAt().toInstant().isBefore(started)).toList();
    if (isFirst) {
      return tell(before, false).replaceWith(Duration.ZERO);
    }
    if (tooMany) {
      LOG.warnf(
          "More than %d messages arrived at once; clients are told to refetch.", MOST_AT_ONCE);
      found.forEach(this::note);
      newMessages.onSkipped();
      return seenMessages.onSeen(found).replaceWith(Duration.ZERO);
    }
    Duration late =
        since.stream()
            .filter(MessageSummary::external)
            .map(one -> Duration.between(one.createdAt().toInstant(), begun))
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO);
    return tell(before, false).chain(() -> tell(since)).replaceWith(late);
  }

  /**
   * Takes events of the change stream. An answer that this feed has seen unfinished needs no query
   * when it completes; the other answers of these events need one query together.
   */
  Uni<Void> changed(List<MessageQueries.Change> changes) {
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
              found.forEach(
                  one -> {
                    known.put(one.id(), one);
                    unfinished.remove(one.id());
                  });
              return tell(known.values());
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

  /** Announces messages that have a subscriber in this process; marks the others as seen. */
  Uni<Void> tell(Collection<MessageSummary> found) {
    return tell(found, true);
  }

  private Uni<Void> tell(Collection<MessageSummary> found, boolean aloud) {
    return copiedRoles
        .restore(copies(found))
        // The scan of new conversations repeats this step, and so does every call of the agent.
        .onFailure()
        .recoverWithItem(0L)
        .chain(() -> announce(found, aloud));
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

  private Uni<Void> announce(Collection<MessageSummary> found, boolean aloud) {
    List<MessageSummary> complete =
        found.stream()
            .filter(one -> !seen.contains(one.id()))
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
    return (aloud ? newMessages.onNew(complete) : Uni.createFrom().voidItem())
        .invoke(() -> complete.forEach(this::note))
        .chain(() -> seenMessages.onSeen(complete));
  }

  /** Marks a message as seen; an unfinished answer is checked again at the next poll. */
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
      seen.add(one.id(), clock.millis());
    }
  }

  private Uni<Void> lookAtUnfinished() {
    Instant now = clock.instant();
    Instant tooLong = now.minus(LONGEST_ANSWER);
    unfinished.values().removeIf(one -> one.since().isBefore(tooLong));
    if (refetchAt != null && now.isAfter(refetchAt)) {
      refetchAt = null;
      newMessages.onSkipped();
    }
    return Multi.createFrom()
        .iterable(List.copyOf(unfinished.keySet()))
        .group()
        .intoLists()
        .of(UNFINISHED_AT_ONCE)
        .onItem()
        .transformToUniAndConcatenate(ids -> sightings.finished(ids).collect().asList())
        .onItem()
        .transformToUniAndConcatenate(
            finished -> {
              finished.forEach(one -> unfinished.remove(one.id()));
              return tell(finished);
            })
        .onItem()
        .ignoreAsUni();
  }
}
