package chat.switchboard.queries;

import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.BsonDocument;
import org.bson.json.JsonWriterSettings;

/**
 * Records the queries that the service sends during all tests. Quarkus adds each {@link
 * CommandListener} of the application to its MongoDB clients, and the application under test has
 * the test classes; the tests' own clients are not recorded. One file for each {@link Query#shape}
 * goes to {@link #DIRECTORY}, where {@code ExplainIT} finds it.
 */
public final class QueryRecorder implements CommandListener {

  static final Path DIRECTORY = Path.of("target", "queries");

  /** Pretty, so that a person can read a difference of the list of known queries. */
  static final JsonWriterSettings JSON = JsonWriterSettings.builder().indent(true).build();

  private final Set<String> known = ConcurrentHashMap.newKeySet();

  @Override
  public void commandStarted(CommandStartedEvent event) {
    Query.of(event.getDatabaseName(), event.getCommand(), System.currentTimeMillis())
        .forEach(this::record);
  }

  private void record(Query query) {
    if (!known.add(query.shape())) {
      return;
    }
    try {
      Files.createDirectories(DIRECTORY);
      Path file = DIRECTORY.resolve(query.name() + ".json");
      if (!Files.exists(file)) {
        Path draft = Files.createTempFile(DIRECTORY, "query", ".draft");
        Files.writeString(draft, query.toBson().toJson(JSON));
        Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static Query read(Path file) throws IOException {
    return Query.fromBson(BsonDocument.parse(Files.readString(file)));
  }
}
