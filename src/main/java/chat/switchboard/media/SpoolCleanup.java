package chat.switchboard.media;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Deletes spool files that a process left when it was killed. */
@ApplicationScoped
class SpoolCleanup {

  private static final Logger LOG = Logger.getLogger(SpoolCleanup.class);

  /** Longer than any attempt: another process may use the same directory. */
  private static final Duration AGE = Duration.ofHours(1);

  private final MediaConfig config;
  private final Clock clock;

  SpoolCleanup(MediaConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  void onStart(@Observes StartupEvent event) {
    clean(Path.of(config.spoolDirectory().orElse(System.getProperty("java.io.tmpdir"))));
  }

  void clean(Path directory) {
    long before = clock.millis() - AGE.toMillis();
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, MediaSpool.PATTERN)) {
      for (Path file : left) {
        if (Files.getLastModifiedTime(file).toMillis() < before) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException unreadable) {
      LOG.warnf(
          "The spool directory cannot be read (%s): set switchboard.media.spool-directory.",
          unreadable.getClass().getSimpleName());
    }
  }
}
