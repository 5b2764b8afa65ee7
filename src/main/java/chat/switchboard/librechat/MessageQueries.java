package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.or;

import chat.switchboard.mongo.DatabaseName;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.changestream.ChangeStreamDocument;
import com.mongodb.client.model.changestream.OperationType;
import io.quarkus.mongodb.ChangeStreamOptions;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;

/** Queries messages by time, independent of the thread structure (live feed and replay). */
@Singleton
public class MessageQueries {

  /**
   * How long before its completion an answer may have begun: LibreChat sets the {@code createdAt}
   * of an answer at the first save.
   */
  private static final long LONGEST_ANSWER_MILLIS = 600_000;

  /**
   * The maximum number of messages that one replay reads; a client that may have missed more
   * messages refetches.
   */
  private static final int MOST_CANDIDATES = 5_000;

  /** The maximum number of messages that a search for the newest injected messages reads. */
  private static final int MOST_NEWEST = 5_000;

  private static final String UPDATED_UNFINISHED = "updateDescription.updatedFields.unfinished";

  private final ReactiveMongoClient client;
  private final DatabaseName database;

  MessageQueries(ReactiveMongoClient client, DatabaseName database) {
    this.client = client;
    this.database = database;
  }

  /**
   * The time for which the server holds back the response to a question for changes; shorter than
   * {@code quarkus.mongodb.read-timeout}.
   */
  private static final long LONGEST_SILENCE_MILLIS = 4_000;

  /**
   * An event of the change stream of {@code messages}: a new message, or an update that may have
   * completed an answer. The event of an update has only the changed fields.
   *
   * @param sighting the new message; null for an update, and for a document that is not a message
   * @param updated the updated message; null for a new message
   * @param completes whether the event says that the answer is complete; false if the server does
   *     not say which fields an update has changed
   * @param position the position from which to resume after a break
   */
  public record Change(
      MessageSummary sighting, ObjectId updated, boolean completes, BsonDocument position) {}

  /**
   * Opens a change stream from now on, or from this position on. Only a replica set and a sharded
   * cluster have change streams; other servers fail.
   *
   * <p>The server sends new messages, and of the updates only those that set {@code unfinished} to
   * anything but {@code true}, or remove the field: LibreChat inserts an answer that is not
   * complete with {@code unfinished: true}, and the save of the complete answer is an update of the
   * same document with {@code unfinished: false}. Every other save of LibreChat (texts, ratings,
   * tool results, the search index) changes nothing that is announced. A document that another
   * program replaces counts as new.
   *
   * @param position null for from now on
   */
  public Multi<Change> changes(BsonDocument position) {
    ChangeStreamOptions options =
        new ChangeStreamOptions().maxAwaitTime(LONGEST_SILENCE_MILLIS, TimeUnit.MILLISECONDS);
    if (position != null) {
      options.resumeAfter(position);
    }
    // Raw documents: a field of a later LibreChat version must not end the stream.
    return messages()
        .watch(wantedChanges(), RawBsonDocument.class, options)
        .map((ChangeStreamDocument<RawBsonDocument> change) -> change(change));
  }

  static List<Bson> wantedChanges() {
    Bson mayComplete =
        or(
            and(exists(UPDATED_UNFINISHED), ne(UPDATED_UNFINISHED, true)),
            eq("updateDescription.removedFields", "unfinished"),
            // A server that only speaks MongoDB's protocol may not say what an update changes.
            exists("updateDescription", false));
    List<String> fields =
        new ArrayList<>(List.of("operationType", "documentKey", UPDATED_UNFINISHED));
    fields.add("updateDescription.removedFields");
    for (String field : MessageSummary.FIELDS) {
      fields.add("fullDocument." + field);
    }
    fields.add("fullDocument._id");
    return List.of(
        Aggregates.match(
            or(
                in(
                    "operationType",
                    OperationType.INSERT.getValue(),
                    OperationType.REPLACE.getValue()),
                and(eq("operationType", OperationType.UPDATE.getValue()), mayComplete))),
        Aggregates.project(Projections.include(fields)));
  }

  static Change change(ChangeStreamDocument<RawBsonDocument> change) {
    BsonDocument position = change.getResumeToken();
    if (change.getOperationType() != OperationType.UPDATE) {
      RawBsonDocument message = change.getFullDocument();
      MessageSummary sighting = message == null ? null : MessageSummary.of(message);
      return new Change(
          sighting != null && sighting.isWhole() ? sighting : null, null, false, position);
    }
    BsonDocument key = change.getDocumentKey();
    BsonValue id = key == null ? null : key.get("_id");
    return new Change(
        null,
        id != null && id.isObjectId() ? id.asObjectId().getValue() : null,
        change.getUpdateDescription() != null,
        position);
  }

  /** Returns messages that were created after this moment, in order of creation. */
  public Multi<MessageSummary> since(Instant moment) {
    return sightings(
        gt("createdAt", Date.from(moment)),
        new FindOptions()
            .projection(Projections.include(MessageSummary.FIELDS))
            .sort(Sorts.ascending("createdAt")));
  }

  /** Returns those of these messages that are finished. */
  public Multi<MessageSummary> finished(Collection<ObjectId> ids) {
    return sightings(in("_id", ids)).select().where(one -> !one.unfinished());
  }

  private Multi<MessageSummary> sightings(Bson which) {
    return sightings(
        which, new FindOptions().projection(Projections.include(MessageSummary.FIELDS)));
  }

  private Multi<MessageSummary> sightings(Bson which, FindOptions options) {
    return messages()
        .find(which, RawBsonDocument.class, options)
        .map(MessageSummary::of)
        .select()
        .where(MessageSummary::isWhole);
  }

  /** Returns the messages with these ids, by id. */
  public Uni<Map<ObjectId, Message>> messages(Collection<ObjectId> ids) {
    return ids.isEmpty()
        ? Uni.createFrom().item(Map.of())
        : Message.<Message>list(in("_id", ids))
            .map(
                found ->
                    found.stream()
                        .collect(Collectors.toMap(message -> message.id, Function.identity())));
  }

  /** Returns those of these messages that answer a message of Switchboard. */
  public Uni<Set<MessageSummary>> answers(Collection<MessageSummary> candidates) {
    Set<String> parents =
        candidates.stream()
            .map(MessageSummary::parentMessageId)
            .filter(parent -> parent != null && !Message.NO_PARENT.equals(parent))
            .collect(Collectors.toSet());
    if (parents.isEmpty()) {
      return Uni.createFrom().item(Set.of());
    }
    return sightings(in("messageId", parents))
        .select()
        .where(MessageSummary::external)
        .collect()
        .asList()
        .map(
            injected -> {
              Set<String> questions =
                  injected.stream()
                      .map(one -> one.messageId() + one.user())
                      .collect(Collectors.toSet());
              return candidates.stream()
                  .filter(one -> questions.contains(one.parentMessageId() + one.user()))
                  .collect(Collectors.toSet());
            });
  }

  /** Returns this user's message with this id; empty if there is none. */
  public Uni<MessageSummary> find(ObjectId id, String user) {
    return sightings(and(eq("_id", id), eq("user", user))).toUni();
  }

  /**
   * Returns the messages for a user that were injected or completed after this moment: injected
   * messages and the answers to these messages, in no order.
   *
   * <p>One query, whose filter names all fields of LibreChat's index {@code {tenantId, isTemporary,
   * isCreatedByUser, user, createdAt}}. The query therefore reads only newer messages that this
   * user did not write, and no messages of other users. No index contains whether a message was
   * injected: this method reads the messages to find out.
   *
   * @param tenant the user's tenant; null for none
   * @param conversationId null for every conversation
   * @return empty if the query would have to read more than {@value #MOST_CANDIDATES} messages
   */
  public Uni<Optional<List<MessageSummary>>> of(
      String user, String tenant, String conversationId, Instant moment) {
    Date then = Date.from(moment);
    List<Bson> mine = new ArrayList<>();
    mine.add(tenant == null ? eq("tenantId", null) : in("tenantId", tenant, null));
    mine.add(in("isTemporary", false, null, true));
    mine.add(in("isCreatedByUser", false, null));
    mine.add(eq("user", user));
    if (conversationId != null) {
      mine.add(eq("conversationId", conversationId));
    }
    mine.add(gte("createdAt", new Date(then.getTime() - LONGEST_ANSWER_MILLIS)));
    return messages()
        .find(
            and(mine),
            RawBsonDocument.class,
            new FindOptions()
                .projection(
                    Projections.fields(
                        Projections.include(MessageSummary.FIELDS),
                        Projections.include("updatedAt")))
                .limit(MOST_CANDIDATES + 1))
        .collect()
        .asList()
        .flatMap(
            found ->
                found.size() > MOST_CANDIDATES
                    ? Uni.createFrom().item(Optional.empty())
                    : missed(found, then).map(Optional::of));
  }

  private Uni<List<MessageSummary>> missed(List<RawBsonDocument> found, Date then) {
    List<MessageSummary> injected = new ArrayList<>();
    List<MessageSummary> others = new ArrayList<>();
    for (RawBsonDocument document : found) {
      MessageSummary one = MessageSummary.of(document);
      if (!one.isWhole()) {
        continue;
      }
      if (one.external()) {
        if (!one.createdAt().before(then)) {
          injected.add(one);
        }
      } else if (!one.unfinished() && isSince(document.get("updatedAt"), then)) {
        others.add(one);
      }
    }
    return answers(others)
        .map(answers -> Stream.concat(injected.stream(), answers.stream()).toList());
  }

  private static boolean isSince(BsonValue moment, Date then) {
    return moment != null
        && moment.isDateTime()
        && moment.asDateTime().getValue() >= then.getTime();
  }

  /**
   * Returns the newest injected messages since this moment, the newest first, among the {@value
   * #MOST_NEWEST} newest messages of LibreChat.
   */
  Uni<List<ObjectId>> newestInjected(Instant since, int limit) {
    return newestInjected(gte("createdAt", Date.from(since)), limit);
  }

  /**
   * Returns the newest injected messages in a conversation of this user, the newest first, among
   * the {@value #MOST_NEWEST} newest messages of the conversation.
   */
  Uni<List<ObjectId>> newestInjected(String conversationId, String user, int limit) {
    return newestInjected(and(eq("conversationId", conversationId), eq("user", user)), limit);
  }

  /** LibreChat has no index on the role; the search ends at the last message that it needs. */
  private Uni<List<ObjectId>> newestInjected(Bson which, int limit) {
    return messages()
        .find(
            which,
            RawBsonDocument.class,
            new FindOptions()
                .sort(Sorts.descending("createdAt"))
                .limit(MOST_NEWEST)
                .projection(Projections.include(MessageSummary.FIELDS)))
        .map(MessageSummary::of)
        .select()
        .where(one -> one.isWhole() && one.external())
        .select()
        .first(limit)
        .map(MessageSummary::id)
        .collect()
        .asList();
  }

  private ReactiveMongoCollection<RawBsonDocument> messages() {
    return client.getDatabase(database.resolve()).getCollection("messages", RawBsonDocument.class);
  }
}
