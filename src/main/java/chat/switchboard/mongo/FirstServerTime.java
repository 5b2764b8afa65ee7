package chat.switchboard.mongo;

import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Timers;
import com.mongodb.MongoCommandException;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.jboss.logging.Logger;

/**
 * Asks the database server for its time when the process starts. The driver does not publish the
 * handshake of its first connection: without this class {@link ServerClock} would be the machine's
 * clock until the second heartbeat, {@value DatabaseWatch#LOOK_EVERY_SECONDS} s after the start.
 */
@Singleton
class FirstServerTime {

  private static final Logger LOG = Logger.getLogger(FirstServerTime.class);

  private final ReactiveMongoClient client;
  private final ServerClock clock;
  private final Timers timers;

  FirstServerTime(ReactiveMongoClient client, ServerClock clock, Timers timers) {
    this.client = client;
    this.clock = clock;
    this.timers = timers;
  }

  /** Before other observers send commands. */
  void onStart(@Observes @Priority(1) StartupEvent event) {
    ask("hello")
        // Servers older than MongoDB 4.4.2, and some that are compatible with MongoDB.
        .onFailure(MongoCommandException.class)
        .recoverWithUni(() -> ask("isMaster"))
        .subscribe()
        .with(
            told -> {},
            // The heartbeats of the driver bring the time, or the database is unreachable.
            failure -> LOG.debugf("The server did not tell its time: %s", Cause.of(failure)));
  }

  private Uni<BsonDocument> ask(String command) {
    long askedAt = timers.nanoTime();
    return client
        .getDatabase("admin")
        .runCommand(new BsonDocument(command, new BsonInt32(1)), BsonDocument.class)
        .invoke(
            hello -> clock.observe(hello, Duration.ofNanos(timers.nanoTime() - askedAt), false));
  }
}
