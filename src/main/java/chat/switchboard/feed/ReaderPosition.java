package chat.switchboard.feed;

import static com.mongodb.client.model.Filters.eq;

import chat.switchboard.mongo.DatabaseName;
import chat.switchboard.mongo.Store;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.Document;

/**
 * How far LibreChat's messages are read: the collection {@code switchboard_feed_reader} with one
 * document, from which the next reader continues.
 */
@Store
@Singleton
class ReaderPosition {

  private static final String COLLECTION = "switchboard_feed_reader";
  private static final String ID = "messages";

  private final ReactiveMongoClient client;
  private final DatabaseName database;

  ReaderPosition(ReactiveMongoClient client, DatabaseName database) {
    this.client = client;
    this.database = database;
  }

  /**
   * A stored position.
   *
   * @param beat incremented each time a reader stores its position
   * @param looked the start of the last successful poll, by the clock of the reader
   * @param changes the position in the change stream of {@code messages}; null for none
   */
  record Position(long beat, Instant looked, BsonDocument changes) {}

  Uni<Optional<Position>> find() {
    return positions()
        .find(eq("_id", ID))
        .toUni()
        .map(
            stored ->
                Optional.ofNullable(stored)
                    .map(
                        one ->
                            new Position(
                                one.get("beat", Number.class).longValue(),
                                one.getDate("looked").toInstant(),
                                one.get("changes", Document.class) == null
                                    ? null
                                    : one.get("changes", Document.class).toBsonDocument())));
  }

  /**
   * @param changes null for none
   */
  Uni<Void> save(Instant looked, BsonDocument changes) {
    return positions()
        .updateOne(
            eq("_id", ID),
            Updates.combine(
                Updates.set("looked", Date.from(looked)),
                Updates.set("changes", changes),
                Updates.inc("beat", 1L)),
            new UpdateOptions().upsert(true))
        .replaceWithVoid();
  }

  private ReactiveMongoCollection<Document> positions() {
    return client.getDatabase(database.resolve()).getCollection(COLLECTION, Document.class);
  }
}
