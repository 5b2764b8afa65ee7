package chat.switchboard.feed;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.or;

import chat.switchboard.mongo.BatchCommand;
import chat.switchboard.mongo.BatchCommand.Outcome;
import chat.switchboard.mongo.Batcher;
import chat.switchboard.mongo.Batchers;
import chat.switchboard.mongo.DatabaseName;
import chat.switchboard.mongo.Store;
import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteUpsert;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.WriteModel;
import com.mongodb.client.model.changestream.ChangeStreamDocument;
import com.mongodb.client.model.changestream.OperationType;
import io.quarkus.mongodb.ChangeStreamOptions;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;

/**
 * The collection {@code switchboard_feed}: one entry for each message that somebody may have to
 * hear. One replica reads LibreChat's messages and writes the entries; all replicas follow the
 * entries, and replays read them.
 */
@Store
@Singleton
public class FeedEntries {

  static final String COLLECTION = "switchboard_feed";

  /** The user of an entry that concerns everybody. */
  private static final String EVERYBODY = "*";

  private static final int MOST_AT_ONCE = 1_000;

  /** Entries that one query for several replays reads; above that each replay has its own. */
  private static final int MOST_TOGETHER = 5_000;

  /**
   * The time for which the server holds back the response to a question for changes; shorter than
   * {@code quarkus.mongodb.read-timeout}.
   */
  private static final long LONGEST_SILENCE_MILLIS = 4_000;

  /** A replay reaches back before the client's last event. */
  private static final Duration BEFORE_THE_PLACE = Duration.ofHours(1);

  private final ReactiveMongoClient client;
  private final DatabaseName database;
  private final Duration retention;
  private final Clock clock;
  private final Batcher<Replayed, List<FeedEntry>> replays;

  /** What one replay asks for. */
  private record Replayed(String user, Instant moment, int limit) {}

  FeedEntries(
      ReactiveMongoClient client,
      DatabaseName database,
      FeedConfig config,
      Clock clock,
      Batchers batchers) {
    this.replays = batchers.of(this::ofAll);
    this.client = client;
    this.database = database;
    this.retention = config.replayAge().plus(BEFORE_THE_PLACE);
    this.clock = clock;
  }

  /** An event of the change stream: an entry, and the position from which to resume. */
  record Change(FeedEntry entry, BsonDocument position) {}

  /**
   * Stores entries with the server's date. An entry that is stored already stays as it is, with its
   * date: the message's {@code _id} is the entry's {@code _id}.
   *
   * @return the entries that this call has stored, in their order
   */
  Uni<List<FeedEntry>> add(Collection<FeedEntry> entries) {
    return Multi.createFrom()
        .iterable(entries)
        .group()
        .intoLists()
        .of(MOST_AT_ONCE)
        .onItem()
        .transformToUniAndConcatenate(this::write)
        .onItem()
        .<FeedEntry>disjoint()
        .collect()
        .asList();
  }

  private Uni<List<FeedEntry>> write(List<FeedEntry> added) {
    return entries()
        .bulkWrite(added.stream().map(this::insert).toList(), new BulkWriteOptions().ordered(false))
        .onFailure(FeedEntries::isStoredAlready)
        .recoverWithItem(failure -> ((MongoBulkWriteException) failure).getWriteResult())
        .map(
            result ->
                result.getUpserts().stream()
                    .map(BulkWriteUpsert::getIndex)
                    .sorted()
                    .map(added::get)
                    .toList());
  }

  /**
   * An insert with the server's date: only an update operator sets that date. The filter matches no
   * stored entry, so that the server inserts, or refuses the second document with the same {@code
   * _id}. It matches the entry of a message that was written again with a later date, since an
   * election has rolled the message back: that entry becomes a new one for the followers.
   */
  private WriteModel<Document> insert(FeedEntry entry) {
    List<Bson> fields = new ArrayList<>();
    fields.add(Updates.currentDate("at"));
    fields.add(Updates.setOnInsert("forgetAt", Date.from(clock.instant().plus(retention))));
    fields.add(Updates.set("user", entry.user()));
    fields.add(Updates.setOnInsert("kind", entry.kind().stored()));
    if (entry.createdAt() != null) {
      fields.add(Updates.set("createdAt", entry.createdAt()));
      fields.add(Updates.setOnInsert("messageId", entry.messageId()));
      fields.add(Updates.set("conversationId", entry.conversationId()));
    }
    return new UpdateOneModel<>(
        and(
            eq("_id", entry.id()),
            entry.createdAt() == null ? exists("at", false) : lt("createdAt", entry.createdAt())),
        Updates.combine(fields),
        new UpdateOptions().upsert(true));
  }

  private static boolean isStoredAlready(Throwable failure) {
    return failure instanceof MongoBulkWriteException refused
        && refused.getWriteConcernError() == null
        && refused.getWriteErrors().stream()
            .allMatch(error -> error.getCategory() == ErrorCategory.DUPLICATE_KEY);
  }

  /** Notes that messages before this moment may have no entries, and that clients refetch. */
  Uni<List<FeedEntry>> addGap() {
    return addMark(FeedEntry.Kind.GAP);
  }

  /** Notes that messages before this moment may have no entries. */
  Uni<Void> addBeginning() {
    return addMark(FeedEntry.Kind.BEGINNING).replaceWithVoid();
  }

  private Uni<List<FeedEntry>> addMark(FeedEntry.Kind kind) {
    return write(List.of(new FeedEntry(new ObjectId(), EVERYBODY, null, null, null, null, kind)));
  }

  /** Returns the date of the newest entry; empty if there are no entries. */
  Uni<Optional<Instant>> newest() {
    return entries()
        .find(new FindOptions().sort(Sorts.descending("at")).limit(1))
        .map(FeedEntries::read)
        .toUni()
        .map(entry -> Optional.ofNullable(entry).map(one -> one.at().toInstant()));
  }

  /** Returns the entries since this moment, the oldest first. */
  Uni<List<FeedEntry>> since(Instant moment, int limit) {
    return entries()
        .find(
            gte("at", Date.from(moment)),
            new FindOptions().sort(Sorts.ascending("at")).limit(limit))
        .map(FeedEntries::read)
        .collect()
        .asList();
  }

  /**
   * Returns the entries of a user since this moment, and the gaps, in no order. The clients that
   * reconnect together share a query.
   *
   * @param limit the maximum number of entries to read
   */
  public Uni<List<FeedEntry>> of(String user, Instant moment, int limit) {
    return replays.ask(new Replayed(user, moment, limit));
  }

  private Uni<List<Outcome<List<FeedEntry>>>> ofAll(List<Replayed> replays) {
    if (replays.size() == 1) {
      Replayed one = replays.get(0);
      return find(since(Set.of(one.user()), one.moment()), one.limit())
          .map(found -> List.of(new Outcome.Done<>(found)));
    }
    // A client that was away for long must not make the others' query reach back as far.
    Map<Instant, List<Replayed>> byTime =
        replays.stream()
            .collect(Collectors.groupingBy(one -> one.moment().truncatedTo(ChronoUnit.HOURS)));
    List<Bson> parts =
        byTime.values().stream()
            .map(
                some ->
                    since(
                        some.stream().map(Replayed::user).collect(Collectors.toSet()),
                        some.stream()
                            .map(Replayed::moment)
                            .min(Comparator.naturalOrder())
                            .orElseThrow()))
            .toList();
    return find(parts.size() == 1 ? parts.get(0) : or(parts), MOST_TOGETHER)
        .map(
            found ->
                found.size() == MOST_TOGETHER
                    ? BatchCommand.alone(replays)
                    : distribute(replays, found));
  }

  private static List<Outcome<List<FeedEntry>>> distribute(
      List<Replayed> replays, List<FeedEntry> found) {
    Map<String, List<FeedEntry>> byUser =
        found.stream().collect(Collectors.groupingBy(FeedEntry::user));
    return replays.stream()
        .<Outcome<List<FeedEntry>>>map(
            one ->
                new Outcome.Done<>(
                    Stream.of(one.user(), EVERYBODY)
                        .flatMap(user -> byUser.getOrDefault(user, List.of()).stream())
                        .filter(entry -> !entry.at().toInstant().isBefore(one.moment()))
                        .limit(one.limit())
                        .toList()))
        .toList();
  }

  private static Bson since(Set<String> users, Instant moment) {
    return and(
        in("user", Stream.concat(users.stream(), Stream.of(EVERYBODY)).toList()),
        gte("at", Date.from(moment)));
  }

  private Uni<List<FeedEntry>> find(Bson which, int limit) {
    return entries()
        .find(which, new FindOptions().limit(limit))
        .map(FeedEntries::read)
        .collect()
        .asList();
  }

  /**
   * Opens a change stream from now on, or from this position on.
   *
   * @param position null for from now on
   */
  Multi<Change> changes(BsonDocument position) {
    ChangeStreamOptions options =
        new ChangeStreamOptions().maxAwaitTime(LONGEST_SILENCE_MILLIS, TimeUnit.MILLISECONDS);
    if (position != null) {
      options.resumeAfter(position);
    }
    return entries()
        .watch(
            List.of(Aggregates.match(eq("operationType", OperationType.INSERT.getValue()))),
            Document.class,
            options)
        .map(
            (ChangeStreamDocument<Document> change) ->
                new Change(read(change.getFullDocument()), change.getResumeToken()));
  }

  private static FeedEntry read(Document stored) {
    return new FeedEntry(
        stored.getObjectId("_id"),
        stored.getString("user"),
        stored.getDate("at"),
        stored.getDate("createdAt"),
        stored.getString("messageId"),
        stored.getString("conversationId"),
        FeedEntry.Kind.of(stored.getString("kind")));
  }

  private ReactiveMongoCollection<Document> entries() {
    return client.getDatabase(database.resolve()).getCollection(COLLECTION, Document.class);
  }
}
