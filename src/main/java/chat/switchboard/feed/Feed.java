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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.types.ObjectId;
import org.jboss.logging.Logger;

/**
 * Announces what others wrote: messages that were injected at other replicas, and the answers that
 * LibreChat's agent gave to injected messages, once they are complete.
 */
@ApplicationScoped
class Feed {

  private static final Logger LOG = Logger.getLogger(Feed.class);

  /** More new messages than this at one look are not announced one by one. */
  private static final int MOST_AT_ONCE = 5_000;

  /** What was said while no process was there is looked through by the first look. */
  private static final Duration AWAY = Duration.ofMinutes(10);

  /** An answer that is not finished by then was stopped, and stays as it is. */
  private static final Duration LONGEST_ANSWER = Duration.ofMinutes(10);

  /**
   * Answers of all users that are being generated, or were stopped within {@link #LONGEST_ANSWER}:
   * 33 a second, of some 150 bytes each. An answer beyond is not announced; clients refetch.
   */
  private static final int MOST_UNFINISHED = 20_000;

  /** Unfinished answers that one query asks for: a filter of some 20 KB. */
  private static final int UNFINISHED_AT_ONCE = 1_000;

  /** Conversations with copies at one look; more are found by the look at new conversations. */
  private static final int MOST_COPIES = 100;

  private final MessageQueries sightings;
  private final CopiedRoles copiedRoles;
  private final SeenMessages seen;
  private final NewMessageListener newMessages;
  private final SeenMessageListener seenMessages;
  private final Duration overlap;
  private final Clock clock;

  /** Answers that were seen before they were finished, and when. */
  private final Map<ObjectId, Instant> unfinished = new ConcurrentHashMap<>();

  /** When clients refetch the answers that had no room; null where all had. */
  private volatile Instant refetchAt;

  /** When the last look that succeeded was begun; null before the first. */
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

  /** How long ago all was known; longer than anything before the first look. */
  Duration age() {
    Instant last = looked;
    return last == null
        ? Duration.ofSeconds(Integer.MAX_VALUE)
        : Duration.between(last, clock.instant());
  }

  /**
   * Looks for what came since the last look, and a little before, and announces what is new. The
   * first look announces nothing: whoever listens now has come since.
   *
   * @return how long ago the oldest message was made that only this look has found; zero if it
   *     found nothing
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

  /** Announces what somebody here is to hear of, and says of the rest that it was seen. */
  Uni<Void> tell(Collection<MessageSummary> found) {
    return tell(found, true);
  }

  private Uni<Void> tell(Collection<MessageSummary> found, boolean aloud) {
    return copiedRoles
        .restore(copies(found))
        // Done again by the look at new conversations, and before an answer is asked for.
        .onFailure()
        .recoverWithItem(0L)
        .chain(() -> announce(found, aloud));
  }

  /** Where LibreChat has copied a message from outside, and left its role out. */
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

  /** So that it is not looked at again; an answer in the making is. */
  private void note(MessageSummary one) {
    if (one.unfinished() && !one.external()) {
      if (unfinished.size() < MOST_UNFINISHED) {
        unfinished.putIfAbsent(one.id(), clock.instant());
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
    unfinished.values().removeIf(since -> since.isBefore(tooLong));
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
