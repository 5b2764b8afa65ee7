package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Filters.type;

import chat.switchboard.mongo.DatabaseName;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bson.BsonType;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;

/**
 * Reads facts about LibreChat's release and settings from its newest documents. Both queries are
 * bounded: the first reads the small fields of a few documents by the index on {@code createdAt},
 * the second reads large fields of the same documents, and only if the fields are binary.
 */
@Singleton
class NewestDocuments {

  private static final int MESSAGES = 20;
  private static final int CONVERSATIONS = 20;
  private static final int BINARIES = 3;
  private static final long LONGEST_MILLIS = 2_000;

  /**
   * The subtype of BSON binary data for client-side encryption (BSON specification, binary subtype
   * 6).
   */
  private static final byte ENCRYPTED = 6;

  private static final List<String> TEXT_FIELDS = List.of("text", "content", "sender");

  private final ReactiveMongoClient client;
  private final DatabaseName database;

  NewestDocuments(ReactiveMongoClient client, DatabaseName database) {
    this.client = client;
    this.database = database;
  }

  Uni<DataFacts> look() {
    return newestMessages()
        .flatMap(
            newest ->
                Uni.combine()
                    .all()
                    .unis(encryptedMessageField(newest), encryptedTitle())
                    .with(
                        (message, title) ->
                            new DataFacts(message.or(() -> title), knowsUserSubmitted(newest))));
  }

  private Uni<List<Document>> newestMessages() {
    return find(
        "messages",
        new Document(),
        newest(MESSAGES)
            .projection(
                Projections.include("isUserSubmitted", "isCreatedByUser", "metadata.role")));
  }

  /**
   * Releases that know the field write it on every answer of a model, and never on a user's
   * message.
   */
  static Optional<Boolean> knowsUserSubmitted(List<Document> newest) {
    List<Document> answers =
        newest.stream()
            .filter(message -> Boolean.FALSE.equals(message.get("isCreatedByUser")))
            .filter(message -> !isOurs(message))
            .toList();
    return answers.isEmpty()
        ? Optional.empty()
        : Optional.of(answers.stream().anyMatch(one -> one.containsKey("isUserSubmitted")));
  }

  private static boolean isOurs(Document message) {
    return message.get("metadata") instanceof Document metadata
        && MessageView.EXTERNAL.equals(metadata.get("role"));
  }

  private Uni<Optional<String>> encryptedMessageField(List<Document> newest) {
    if (newest.isEmpty()) {
      return Uni.createFrom().item(Optional.empty());
    }
    List<Bson> binary = TEXT_FIELDS.stream().map(field -> type(field, BsonType.BINARY)).toList();
    return find(
            "messages",
            and(in("_id", newest.stream().map(one -> one.get("_id")).toList()), or(binary)),
            new FindOptions()
                .limit(BINARIES)
                .maxTime(LONGEST_MILLIS, TimeUnit.MILLISECONDS)
                .projection(Projections.include(TEXT_FIELDS)))
        .map(found -> encrypted(found, TEXT_FIELDS).map(field -> "messages." + field));
  }

  /** Returns the first of these fields that is encrypted in a document. */
  static Optional<String> encrypted(List<Document> documents, List<String> fields) {
    return documents.stream()
        .flatMap(one -> fields.stream().filter(field -> isEncrypted(one.get(field))))
        .findFirst();
  }

  private Uni<Optional<String>> encryptedTitle() {
    return find(
            "conversations",
            new Document(),
            newest(CONVERSATIONS).projection(Projections.include("title")))
        .map(found -> encrypted(found, List.of("title")).map(field -> "conversations." + field));
  }

  private static boolean isEncrypted(Object value) {
    return value instanceof Binary binary && binary.getType() == ENCRYPTED;
  }

  private static FindOptions newest(int limit) {
    return new FindOptions()
        .sort(Sorts.descending("createdAt"))
        .limit(limit)
        .maxTime(LONGEST_MILLIS, TimeUnit.MILLISECONDS);
  }

  private Uni<List<Document>> find(String collection, Bson filter, FindOptions options) {
    ReactiveMongoCollection<Document> documents =
        client.getDatabase(database.resolve()).getCollection(collection);
    return documents.find(filter, options).collect().asList();
  }
}
