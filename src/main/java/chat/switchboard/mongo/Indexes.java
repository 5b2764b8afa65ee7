package chat.switchboard.mongo;

import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;

/** Reads the indexes of a collection. */
@Singleton
public class Indexes {

  private final ReactiveMongoClient client;
  private final DatabaseName database;

  Indexes(ReactiveMongoClient client, DatabaseName database) {
    this.client = client;
    this.database = database;
  }

  /**
   * Returns each index as the server lists the index, also an index under construction; empty if
   * the collection does not exist.
   */
  Uni<List<Document>> listed(String collection) {
    return client
        .getDatabase(database.resolve())
        .getCollection(collection)
        .listIndexes()
        .collect()
        .asList();
  }

  /** Returns the fields of each index, in their order; empty if the collection does not exist. */
  public Uni<Set<List<String>>> of(String collection) {
    return listed(collection)
        .map(
            indexes ->
                indexes.stream()
                    .map(index -> List.copyOf(index.get("key", new Document()).keySet()))
                    .collect(Collectors.toSet()));
  }
}
