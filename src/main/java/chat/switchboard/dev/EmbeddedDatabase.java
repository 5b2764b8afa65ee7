package chat.switchboard.dev;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Dev mode's embedded database, for a machine without MongoDB: it speaks MongoDB's wire protocol
 * and keeps its data in a file between starts. If {@code MONGO_URI} names a server, dev mode uses
 * that server instead.
 */
@IfBuildProfile("dev")
@ApplicationScoped
class EmbeddedDatabase {

  private static final Logger LOG = Logger.getLogger(EmbeddedDatabase.class);

  private final DemoConfig config;
  private final Optional<String> realServer;
  private H2Backend backend;
  private MongoServer server;

  EmbeddedDatabase(
      DemoConfig config, @ConfigProperty(name = "MONGO_URI") Optional<String> realServer) {
    this.config = config;
    this.realServer = realServer;
  }

  /** Before every other bean that uses the database. */
  void onStart(@Observes @Priority(0) StartupEvent event) throws IOException {
    if (realServer.isPresent()) {
      return;
    }
    Path file = Path.of(config.file()).toAbsolutePath();
    Files.createDirectories(file.getParent());
    backend = new H2Backend(file.toString());
    server = new MongoServer(backend);
    try {
      server.bind("127.0.0.1", config.port());
    } catch (RuntimeException taken) {
      server.shutdownNow();
      throw new ConfigurationException(
          "The embedded database cannot listen on port "
              + config.port()
              + ": is dev mode running already? Otherwise set another port with "
              + "-Dswitchboard.demo.port=…, or set MONGO_URI to use your own server.");
    }
    LOG.infof("The embedded database keeps its data in %s", file);
  }

  void onStop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
    if (server != null) {
      backend.commit();
      server.shutdownNow();
    }
  }
}
