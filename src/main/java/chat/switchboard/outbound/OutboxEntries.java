package chat.switchboard.outbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.nin;
import static com.mongodb.client.model.Filters.or;

import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.Store;
import chat.switchboard.mongo.UpcomingWork;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * The collection {@code switchboard_outbox}; {@link Transitions} changes the state of its texts.
 */
@Store
@ApplicationScoped
class OutboxEntries
    implements ReactivePanacheMongoRepositoryBase<OutboxEntry, String>, UpcomingWork {

  /** The states whose texts have a next step at {@code nextAttemptAt}. */
  private static final List<String> UNFINISHED =
      OutboxState.names(
          OutboxState.HELD, OutboxState.QUEUED, OutboxState.SENDING, OutboxState.AMBIGUOUS);

  /**
   * Inserts the parts of a text by one command, so that a crash leaves all parts or none.
   *
   * @return false if the text is stored already
   */
  Uni<Boolean> insert(List<OutboxEntry> parts) {
    return mongoCollection()
        .insertMany(parts, new InsertManyOptions().ordered(false))
        .replaceWith(true)
        .onFailure(DuplicateKey::is)
        .recoverWithItem(false);
  }

  /** Whether there is a text whose end the listeners have not taken. */
  Uni<Boolean> isAnyUntold() {
    return BoundedCount.any(mongoCollection(), eq("untold", true));
  }

  /** Returns texts whose end the listeners have not taken. */
  Uni<List<OutboxEntry>> untold(int limit) {
    return mongoCollection()
        .find(eq("untold", true), new FindOptions().sort(Sorts.ascending("queuedAt")).limit(limit))
        .collect()
        .asList();
  }

  /** Notes that the listeners have taken this end of the text. */
  Uni<Void> told(OutboxEntry entry) {
    return mongoCollection()
        .updateOne(
            and(eq("_id", entry.id), eq("state", entry.state.name())), Updates.unset("untold"))
        .replaceWithVoid();
  }

  /** Returns all parts of a text in their order; empty for an unknown text. */
  Uni<List<OutboxEntry>> parts(String textId) {
    return findById(textId)
        .flatMap(
            first -> {
              if (first == null) {
                return Uni.createFrom().item(List.of());
              }
              List<String> ids = first.ids();
              return ids.size() == 1
                  ? Uni.createFrom().item(List.of(first))
                  : find(in("_id", ids.subList(1, ids.size())), Sorts.ascending("part"))
                      .list()
                      .map(
                          rest -> {
                            List<OutboxEntry> all = new ArrayList<>(List.of(first));
                            all.addAll(rest);
                            return all;
                          });
            });
  }

  /** Returns the text that a report names: by the text's id, else by Twilio's SID. */
  Uni<OutboxEntry> reported(DeliveryReport report) {
    Bson which = report.id().<Bson>map(id -> eq("_id", id)).orElse(eq("sid", report.sid()));
    return find(which).firstResult();
  }

  /** Returns the text with this SID of the carrier. */
  Uni<Optional<OutboxEntry>> bySid(String sid) {
    return find(eq("sid", sid)).firstResult().map(Optional::ofNullable);
  }

  /** Returns the last text with choices to this person's account. */
  Uni<Optional<OutboxEntry>> lastChoices(String account) {
    return find(eq("choicesFor", account), Sorts.descending("queuedAt"))
        .firstResult()
        .map(Optional::ofNullable);
  }

  /**
   * Returns the open texts of a sender in their order of sending.
   *
   * @param notTo the recipients whose texts are left out
   */
  Uni<List<OutboxEntry>> open(String sender, Collection<String> notTo, int limit) {
    Bson lane = eq("lane", sender);
    return find(
            notTo.isEmpty() ? lane : and(lane, nin("phoneNumber", notTo)),
            Sorts.ascending("arrival", "queuedAt", "sequence"))
        .page(0, limit)
        .list();
  }

  /**
   * Returns the numbers that have a due text, without the numbers that this replica already
   * handles. One query for each number reads one text: a long backlog of one number is not read to
   * find the next number.
   *
   * @param limit the maximum number of numbers that are returned; numbers in {@code notFrom} do not
   *     count
   */
  Uni<List<String>> dueSenders(Date now, Collection<String> notFrom, int limit) {
    AtomicReference<String> last = new AtomicReference<>("");
    return Uni.createFrom()
        .deferred(() -> nextDue(last.get(), now))
        .repeat()
        .whilst(
            found -> {
              found.ifPresent(last::set);
              return found.isPresent();
            })
        .select()
        .where(found -> found.isPresent() && !notFrom.contains(found.get()))
        .select()
        .first(limit)
        .map(Optional::get)
        .collect()
        .asList();
  }

  private Uni<Optional<String>> nextDue(String after, Date now) {
    return mongoCollection()
        .find(
            and(gt("lane", after), lte("nextAttemptAt", now)),
            new FindOptions()
                .sort(Sorts.ascending("lane"))
                .limit(1)
                .projection(Projections.include("lane")))
        .collect()
        .first()
        .map(entry -> Optional.ofNullable(entry).map(one -> one.lane));
  }

  /** Whether a text has files that are due to be fetched. */
  Uni<Boolean> hasDueFiles(Date now) {
    return BoundedCount.any(mongoCollection(), lte("filesDueAt", now));
  }

  /**
   * Claims a queued text whose files are due to be fetched.
   *
   * @param leaseUntil when another worker may claim the text
   */
  Uni<Optional<OutboxEntry>> claimFiles(Date now, Date leaseUntil) {
    return mongoCollection()
        .findOneAndUpdate(
            and(lte("filesDueAt", now), eq("state", OutboxState.QUEUED.name())),
            Updates.combine(
                Updates.set("filesDueAt", leaseUntil),
                Updates.set("filesClaim", UUID.randomUUID().toString()),
                Updates.inc("filesAttempts", 1)),
            new FindOneAndUpdateOptions()
                .sort(Sorts.ascending("filesDueAt"))
                .returnDocument(ReturnDocument.AFTER))
        .map(Optional::ofNullable);
  }

  /** The files of the text are fetched: the text may go. */
  Uni<Void> filesFetched(OutboxEntry claimed, List<Document> files, Segments segments, Date now) {
    return update(
        claimed,
        Updates.set("files", files),
        Updates.set("segments", segments.count()),
        Updates.set("encoding", segments.encoding()),
        Updates.set("nextAttemptAt", now),
        Updates.unset("cause"),
        Updates.unset("filesDueAt"),
        Updates.unset("filesClaim"));
  }

  /** A file could not be fetched now. */
  Uni<Void> filesLater(OutboxEntry claimed, String cause, Date dueAt, Date nextAttemptAt) {
    return update(
        claimed,
        Updates.set("cause", cause),
        Updates.set("filesDueAt", dueAt),
        Updates.set("nextAttemptAt", nextAttemptAt),
        Updates.unset("filesClaim"));
  }

  private Uni<Void> update(OutboxEntry claimed, Bson... changes) {
    return mongoCollection()
        .updateOne(
            and(
                eq("_id", claimed.id),
                eq("filesClaim", claimed.filesClaim),
                eq("state", OutboxState.QUEUED.name())),
            Updates.combine(changes))
        .replaceWithVoid();
  }

  /** The files of a text that has not been sent are fetched once more. */
  Uni<Void> filesAgain(OutboxEntry entry, Date now, Date nextAttemptAt) {
    return mongoCollection()
        .updateOne(
            and(eq("_id", entry.id), eq("state", OutboxState.QUEUED.name())),
            Updates.combine(
                OutboxChange.filesDue(now).update(), Updates.set("nextAttemptAt", nextAttemptAt)))
        .replaceWithVoid();
  }

  /** A lane looks at the text again later: its files are being fetched. */
  Uni<Void> waitForFiles(OutboxEntry entry, Date nextAttemptAt) {
    return mongoCollection()
        .updateOne(
            and(eq("_id", entry.id), eq("state", OutboxState.QUEUED.name()), exists("filesDueAt")),
            Updates.set("nextAttemptAt", nextAttemptAt))
        .replaceWithVoid();
  }

  /** Returns the time at which the oldest queued text was queued; empty if no text is queued. */
  Uni<Optional<Date>> oldestQueued() {
    return find(eq("state", OutboxState.QUEUED.name()), Sorts.ascending("queuedAt"))
        .firstResult()
        .map(entry -> Optional.ofNullable(entry).map(one -> one.queuedAt));
  }

  /** The number of held messages, at most {@code most}. */
  Uni<Long> countHeld(int most) {
    return BoundedCount.upTo(most, mongoCollection(), eq("state", OutboxState.HELD.name()));
  }

  /**
   * Returns held texts whose time has come, the earliest first; of texts that are due at one
   * moment, those that arrived first.
   */
  Uni<List<OutboxEntry>> dueHeld(Date now, int limit) {
    return find(
            and(eq("state", OutboxState.HELD.name()), lte("nextAttemptAt", now)),
            Sorts.ascending("nextAttemptAt", "arrival", "queuedAt", "sequence"))
        .page(0, limit)
        .list();
  }

  /**
   * Claims a held text whose time has come; of several replicas one gets the text.
   *
   * @param leaseUntil when another replica may claim the text
   */
  Uni<Boolean> claimHeld(OutboxEntry first, Date now, Date leaseUntil) {
    return mongoCollection()
        .updateOne(
            and(
                eq("_id", first.id),
                eq("state", OutboxState.HELD.name()),
                lte("nextAttemptAt", now)),
            Updates.set("nextAttemptAt", leaseUntil))
        .map(done -> done.getModifiedCount() > 0);
  }

  /**
   * Makes the texts due that wait for the next message of the person with these names.
   *
   * @return the number of these texts
   */
  Uni<Long> wakeForWindow(Collection<String> names, Date now) {
    return mongoCollection()
        .updateMany(
            and(
                in("phoneNumber", names),
                eq("state", OutboxState.HELD.name()),
                eq("awaitsWindow", true)),
            Updates.set("nextAttemptAt", now))
        .map(done -> done.getModifiedCount());
  }

  /** Returns ambiguous texts whose status callback did not arrive in time. */
  Uni<List<OutboxEntry>> unsettled(Date now, int limit) {
    return find(and(eq("state", OutboxState.AMBIGUOUS.name()), lte("nextAttemptAt", now)))
        .page(0, limit)
        .list();
  }

  /** Returns texts in this state, of this conversation, or both; the newest first. */
  Uni<List<OutboxEntry>> newest(
      Optional<OutboxState> state, Optional<String> conversationId, int offset, int limit) {
    return find(query(state, conversationId), Sorts.descending("queuedAt", "sequence"))
        .range(offset, offset + limit - 1)
        .list();
  }

  /** The number of texts, at most as {@link BoundedCount} counts. */
  Uni<Long> count(Optional<OutboxState> state, Optional<String> conversationId) {
    return BoundedCount.of(mongoCollection(), query(state, conversationId));
  }

  private static Bson query(Optional<OutboxState> state, Optional<String> conversationId) {
    Document query = new Document();
    state.ifPresent(one -> query.append("state", one.name()));
    conversationId.ifPresent(id -> query.append("conversationId", id));
    return query;
  }

  /** Deletes the text if it is in one of these states. */
  Uni<Boolean> drop(String id, List<String> states) {
    return delete(and(eq("_id", id), in("state", states))).map(dropped -> dropped > 0);
  }

  /** Returns held texts to the person with these names. */
  Uni<List<OutboxEntry>> heldTo(Collection<String> names, int limit) {
    return find(and(in("phoneNumber", names), eq("state", OutboxState.HELD.name())))
        .page(0, limit)
        .list();
  }

  /** Deletes every text to the person with these names. */
  Uni<Long> forgetPerson(Collection<String> names) {
    return delete(in("phoneNumber", names));
  }

  @Override
  public Uni<Boolean> isDueBefore(Date moment) {
    return BoundedCount.any(
        mongoCollection(),
        or(and(in("state", UNFINISHED), lte("nextAttemptAt", moment)), lte("filesDueAt", moment)));
  }
}
