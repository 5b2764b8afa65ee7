package chat.switchboard.outbound;

import chat.switchboard.http.ProblemException;
import chat.switchboard.mongo.BoundedCount;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** An operator's operations on the texts in the outbox: list, requeue, drop, remove. */
@ApplicationScoped
public class OutboxOperations {

  /** States of texts that can be requeued. */
  private static final List<String> ENDED_BADLY =
      OutboxState.names(
          OutboxState.DEAD, OutboxState.FAILED, OutboxState.UNDELIVERED, OutboxState.BLOCKED);

  private static final List<String> MAY_BE_DROPPED =
      OutboxState.names(
          OutboxState.QUEUED,
          OutboxState.DEAD,
          OutboxState.FAILED,
          OutboxState.UNDELIVERED,
          OutboxState.BLOCKED);

  private static final List<OutboxState> WAITING = List.of(OutboxState.HELD, OutboxState.QUEUED);

  private static final List<OutboxState> MAY_BE_CANCELLED =
      List.of(OutboxState.HELD, OutboxState.QUEUED, OutboxState.CANCELLED);

  private final OutboxEntries entries;
  private final Carrier carrier;
  private final Senders senders;
  private final PrivateWords privateWords;
  private final SpendGuard spend;
  private final OutboxConfig config;
  private final Transitions transitions;
  private final Event<TextQueued> queued;
  private final Event<FilesQueued> filesQueued;

  OutboxOperations(
      OutboxEntries entries,
      Carrier carrier,
      Senders senders,
      PrivateWords privateWords,
      SpendGuard spend,
      OutboxConfig config,
      Transitions transitions,
      Event<TextQueued> queued,
      Event<FilesQueued> filesQueued) {
    this.entries = entries;
    this.carrier = carrier;
    this.senders = senders;
    this.privateWords = privateWords;
    this.spend = spend;
    this.config = config;
    this.transitions = transitions;
    this.queued = queued;
    this.filesQueued = filesQueued;
  }

  /** Returns texts in this state, of this conversation, or both; the newest first. */
  public Uni<List<OutboxEntry>> list(
      Optional<OutboxState> state, Optional<String> conversationId, int offset, int limit) {
    return entries.newest(state, conversationId, offset, limit);
  }

  /** The number of texts, at most as {@link BoundedCount} counts. */
  public Uni<Long> count(Optional<OutboxState> state, Optional<String> conversationId) {
    return entries.count(state, conversationId);
  }

  /**
   * Requeues a failed text; the spend guard counts the text again.
   *
   * @return empty if the text is not in a failed state; fails with a {@link ProblemException} if
   *     the guard refuses the text (429), or the person may not get the words (409)
   */
  public Uni<Optional<OutboxEntry>> requeue(String id) {
    return entries
        .findById(id)
        .flatMap(
            found ->
                Optional.ofNullable(found)
                    .filter(entry -> ENDED_BADLY.contains(entry.state.name()))
                    .map(entry -> requireAllowed(entry).flatMap(allowed -> requeue(entry)))
                    .orElseGet(() -> Uni.createFrom().item(Optional.empty())));
  }

  /** The reason for which a text was blocked may still be there. */
  private Uni<Void> requireAllowed(OutboxEntry entry) {
    return privateWords
        .refusal(entry.phoneNumber, entry.conversationId, entry.openWords())
        .map(
            cause -> {
              if (cause.isPresent()) {
                throw ProblemException.of(409, cause.get());
              }
              return null;
            });
  }

  private Uni<Optional<OutboxEntry>> requeue(OutboxEntry entry) {
    Optional<String> sender =
        senders
            .of(Optional.ofNullable(entry.sender), entry.phoneNumber)
            .filter(from -> carrier.unavailable().isEmpty());
    if (sender.isEmpty()) {
      return Uni.createFrom().item(Optional.empty());
    }
    List<OutboxChange> more = new ArrayList<>();
    more.add(OutboxChange.requeue(sender.get()));
    if (entry.sid != null) {
      more.add(OutboxChange.retireSid(entry.sid));
    }
    if (entry.files != null) {
      // Fetched files stay in the storage for a day only.
      more.add(OutboxChange.filesDue(transitions.now()));
    }
    return spend
        .request(
            new SpendGuard.Wish(
                entry.phoneNumber,
                sender,
                Optional.ofNullable(entry.conversationId),
                SpendGuard.billed(entry.phoneNumber, List.of(entry)),
                SpendGuard.Origin.SERVICE))
        .flatMap(
            verdict -> {
              if (verdict instanceof SpendGuard.Verdict.Denied denied) {
                throw ProblemException.later(429, denied.cause(), denied.retryAfter());
              }
              return requeue(entry, sender.get(), more)
                  .call(
                      requeued ->
                          requeued.isPresent()
                              ? Uni.createFrom().voidItem()
                              : spend.giveBack(((SpendGuard.Verdict.Granted) verdict).grant()));
            });
  }

  private Uni<Optional<OutboxEntry>> requeue(
      OutboxEntry entry, String sender, List<OutboxChange> more) {
    return transitions
        .take(
            OutboxCondition.sameTry(entry),
            OutboxState.QUEUED,
            "Requeued by hand",
            Optional.of(
                transitions.in(entry.files == null ? Duration.ZERO : FilePreparation.LONGEST_WAIT)),
            sender,
            more)
        .invoke(
            requeued ->
                requeued.ifPresent(
                    one -> {
                      if (one.files == null) {
                        queued.fire(new TextQueued(one.sender));
                      } else {
                        filesQueued.fire(new FilesQueued(one.id));
                      }
                    }));
  }

  /**
   * Cancels a text that waits for its time, with all of its parts.
   *
   * @param cause one sentence that says who cancelled the text
   * @return false if the text was sent, or may have been sent
   */
  public Uni<Boolean> cancel(OutboxEntry entry, String cause) {
    return entries
        .parts(entry.textId)
        .flatMap(
            parts ->
                parts.stream().allMatch(part -> MAY_BE_CANCELLED.contains(part.state))
                    ? cancelFirst(entry, cause)
                    : Uni.createFrom().item(false));
  }

  /**
   * The first part decides: a text whose first part is being sent meanwhile goes on whole. A part
   * whose first part is cancelled is not sent (see {@link TextSender}).
   */
  private Uni<Boolean> cancelFirst(OutboxEntry entry, String cause) {
    return transitions
        .cancel(List.of(entry.textId), WAITING, cause)
        .flatMap(done -> entries.parts(entry.textId))
        .flatMap(
            parts ->
                !parts.isEmpty() && parts.get(0).state == OutboxState.CANCELLED
                    ? transitions
                        .cancel(entry.ids(), WAITING, cause)
                        .flatMap(done -> entries.parts(entry.textId))
                        .map(OutboxOperations::areCancelled)
                    : Uni.createFrom().item(false));
  }

  private static boolean areCancelled(List<OutboxEntry> parts) {
    return parts.stream().allMatch(part -> part.state == OutboxState.CANCELLED);
  }

  /**
   * Blocks the texts that wait for their time, and go from some conversations to one person.
   *
   * @param names the names of the person
   * @param from whether a conversation is one of these
   * @param cause one sentence
   */
  public Uni<Void> blockHeld(
      Collection<String> names, Function<String, Uni<Boolean>> from, String cause) {
    return entries
        .heldTo(names, config.maxHeld())
        .onItem()
        .transformToMulti((List<OutboxEntry> held) -> Multi.createFrom().iterable(held))
        .select()
        .where(held -> held.conversationId != null)
        .select()
        .when(held -> from.apply(held.conversationId))
        .onItem()
        .transformToUniAndConcatenate(
            held ->
                transitions.end(
                    OutboxCondition.inState(held, OutboxState.HELD), OutboxState.BLOCKED, cause))
        .collect()
        .asList()
        .replaceWithVoid();
  }

  /** Drops a waiting or failed text. */
  public Uni<Boolean> drop(String id) {
    return entries.drop(id, MAY_BE_DROPPED);
  }

  /** Removes every text to the person with these names. */
  public Uni<Long> forgetPerson(Collection<String> names) {
    return entries.forgetPerson(names);
  }
}
