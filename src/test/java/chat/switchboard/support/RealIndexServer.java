package chat.switchboard.support;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bson.Document;

/**
 * A MongoDB-compatible server with real indexes, as a process of its own: SecantusDB of PyPI, which
 * stores in WiredTiger. It is a pre-release and a second opinion beside mongo-java-server, which
 * the other tests run on and which has no index but unique ones. Its licence (GPL-2.0) does not
 * affect Switchboard: the server is a separate process that tests reach over a socket, and is
 * neither linked nor shipped.
 */
public final class RealIndexServer implements AutoCloseable {

  private static final String FOLDER = "database";
  private static final Duration START = Duration.ofMinutes(4);

  private final Process process;
  private final Path storage;
  private final String address;

  private RealIndexServer(Process process, Path storage, String address) {
    this.process = process;
    this.storage = storage;
    this.address = address;
  }

  /** The reason why the server is not available here; empty if the server is available. */
  public static Optional<String> missing() throws IOException {
    return Tools.python(FOLDER);
  }

  /** Starts the server on a free port, with a directory of its own that {@link #close} removes. */
  public static RealIndexServer start() throws IOException {
    int port = FreePort.next();
    Path storage = Files.createTempDirectory("switchboard-database");
    Process process =
        new ProcessBuilder(
                Tools.home(FOLDER).resolve("venv/bin/secantusd-py").toString(),
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--storage-path",
                storage.toString(),
                "--log-level",
                "WARNING")
            .directory(storage.toFile())
            .redirectErrorStream(true)
            .redirectOutput(Tools.home(FOLDER).resolve("server.log").toFile())
            .start();
    RealIndexServer server = new RealIndexServer(process, storage, "mongodb://127.0.0.1:" + port);
    server.awaitAnswer();
    return server;
  }

  private void awaitAnswer() {
    try (MongoClient client =
        MongoClients.create(uri("admin") + "&serverSelectionTimeoutMS=" + START.toMillis())) {
      client.getDatabase("admin").runCommand(new Document("ping", 1));
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  /** The connection string of this database; the server does not stream its heartbeats. */
  public String uri(String database) {
    return address + "/" + database + "?serverMonitoringMode=poll";
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
      try (Stream<Path> files = Files.walk(storage)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (IOException left) {
      // below the directory for temporary files
    }
  }
}
