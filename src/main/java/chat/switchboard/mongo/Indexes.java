package chat.switchboard.mongo;

import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;

/** Which indexes a collection has. */
@Singleton
public class Indexes {

  private final ReactiveMongoClient client;
  private final DatabaseName database;

  Indexes(ReactiveMongoClient client, DatabaseName database) {
    this.client = client;
    this.database = database;
  }

  /**
   * Each index as the server lists it, also an index under construction; empty if the collection
   * does not exist.
   */
  Uni<List<Document>> listed(String collection) {
    return client
        .getDatabase(database.resolve())
        .getCollection(collection)
        .listIndexes()
        .collect()
        .asList();
  }

  /** The fields of each index, in their order; empty if the collection does not exist. */
  public Uni<Set<List<String>>> of(String collection) {
    return listed(collection)
        .map(
            indexes ->
                indexes.stream()
                    .map(index -> List.copyOf(index.get("key", new Document()).keySet()))
                    .collect(Collectors.toSet()));
  }
}
