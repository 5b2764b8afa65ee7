package chat.switchboard.outbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.ne;

import chat.switchboard.mongo.DatabaseName;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.Store;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Date;
import java.util.Optional;
import org.bson.Document;
import org.jboss.logging.Logger;

/**
 * Pauses and resumes all sending. The state is one document of {@code switchboard_spend}, which
 * every replica reads before each text, so that a pause holds for all of them and for a restart.
 */
@Store
@ApplicationScoped
public class SendingSwitch {

  private static final Logger LOG = Logger.getLogger(SendingSwitch.class);

  /** Without {@code expireAt}: only an operator ends a pause. */
  private static final String ID = "sending";

  private final ReactiveMongoClient client;
  private final DatabaseName database;
  private final Clock clock;

  SendingSwitch(ReactiveMongoClient client, DatabaseName database, Clock clock) {
    this.client = client;
    this.database = database;
    this.clock = clock;
  }

  /** Returns the begin of the pause; empty if sending is not paused. */
  public Uni<Optional<Date>> pausedSince() {
    return document()
        .find(and(eq("_id", ID), eq("paused", true)), new FindOptions().limit(1))
        .collect()
        .first()
        .map(found -> Optional.ofNullable(found).map(there -> there.get("since", new Date(0))));
  }

  /** Whether sending is paused. */
  public Uni<Boolean> isPaused() {
    return pausedSince().map(Optional::isPresent);
  }

  /** Pauses all sending; changes nothing if sending is already paused. */
  public Uni<Void> pause() {
    return document()
        .updateOne(
            and(eq("_id", ID), ne("paused", true)),
            Updates.combine(
                Updates.set("paused", true), Updates.set("since", new Date(clock.millis()))),
            new UpdateOptions().upsert(true))
        .invoke(() -> LOG.warn("An operator has paused the sending of all texts."))
        .replaceWithVoid()
        .onFailure(DuplicateKey::is)
        .recoverWithNull();
  }

  /** Resumes sending. */
  public Uni<Void> resume() {
    return document()
        .updateOne(
            and(eq("_id", ID), eq("paused", true)),
            Updates.combine(
                Updates.set("paused", false), Updates.set("since", new Date(clock.millis()))))
        .invoke(
            done -> {
              if (done.getModifiedCount() > 0) {
                LOG.warn("An operator has resumed the sending of texts.");
              }
            })
        .replaceWithVoid();
  }

  private ReactiveMongoCollection<Document> document() {
    return client.getDatabase(database.resolve()).getCollection(SpendLedger.COLLECTION);
  }
}
