package chat.switchboard.outbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import chat.switchboard.http.ProblemException;
import chat.switchboard.mongo.BoundedCount;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;

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

  private final Carrier carrier;
  private final Senders senders;
  private final SpendGuard spend;
  private final Transitions transitions;
  private final Event<TextQueued> queued;

  OutboxOperations(
      Carrier carrier,
      Senders senders,
      SpendGuard spend,
      Transitions transitions,
      Event<TextQueued> queued) {
    this.carrier = carrier;
    this.senders = senders;
    this.spend = spend;
    this.transitions = transitions;
    this.queued = queued;
  }

  /** Returns texts in this state, of this conversation, or both; the newest first. */
  public Uni<List<OutboxEntry>> list(
      Optional<OutboxState> state, Optional<String> conversationId, int offset, int limit) {
    return OutboxEntry.<OutboxEntry>find(
            query(state, conversationId), Sorts.descending("queuedAt", "sequence"))
        .range(offset, offset + limit - 1)
        .list();
  }

  /** The number of texts, at most as {@link BoundedCount} counts. */
  public Uni<Long> count(Optional<OutboxState> state, Optional<String> conversationId) {
    return BoundedCount.of(OutboxEntry.mongoCollection(), query(state, conversationId));
  }

  private static Bson query(Optional<OutboxState> state, Optional<String> conversationId) {
    Document query = new Document();
    state.ifPresent(one -> query.append("state", one.name()));
    conversationId.ifPresent(id -> query.append("conversationId", id));
    return query;
  }

  /**
   * Requeues a failed text; the spend guard counts the text again.
   *
   * @return empty if the text is not in a failed state; fails with a {@link ProblemException} if
   *     the guard refuses the text
   */
  public Uni<Optional<OutboxEntry>> requeue(String id) {
    return OutboxEntry.<OutboxEntry>findById(id)
        .flatMap(
            found ->
                Optional.ofNullable(found)
                    .filter(entry -> ENDED_BADLY.contains(entry.state.name()))
                    .map(this::requeue)
                    .orElseGet(() -> Uni.createFrom().item(Optional.empty())));
  }

  private Uni<Optional<OutboxEntry>> requeue(OutboxEntry entry) {
    Optional<String> sender =
        senders
            .of(Optional.ofNullable(entry.sender), entry.phoneNumber)
            .filter(from -> carrier.unavailable().isEmpty());
    if (sender.isEmpty()) {
      return Uni.createFrom().item(Optional.empty());
    }
    List<Bson> more = new ArrayList<>();
    more.add(Updates.set("attempts", 0));
    more.add(Updates.set("sender", sender.get()));
    more.add(Updates.unset("errorCode"));
    if (entry.sid != null) {
      more.add(Updates.unset("sid"));
      more.add(Updates.push("pastSids", entry.sid));
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

  private Uni<Optional<OutboxEntry>> requeue(OutboxEntry entry, String sender, List<Bson> more) {
    return transitions
        .take(
            and(eq("_id", entry.id), eq("state", entry.state.name()), eq("sid", entry.sid)),
            OutboxState.QUEUED,
            "Requeued by hand",
            Optional.of(transitions.now()),
            sender,
            more)
        .invoke(requeued -> requeued.ifPresent(one -> queued.fire(new TextQueued(one.sender))));
  }

  /** Drops a waiting or failed text. */
  public Uni<Boolean> drop(String id) {
    return OutboxEntry.delete(and(eq("_id", id), in("state", MAY_BE_DROPPED)))
        .map(dropped -> dropped > 0);
  }

  /** Removes every text to the person with these names. */
  public Uni<Long> forgetPerson(Collection<String> names) {
    return OutboxEntry.delete(in("phoneNumber", names));
  }
}
