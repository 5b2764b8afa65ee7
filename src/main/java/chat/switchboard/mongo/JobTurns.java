package chat.switchboard.mongo;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import org.bson.Document;

/** Gives one of several replicas its turn at a job that only one needs to do. */
@ApplicationScoped
public class JobTurns {

  private static final String COLLECTION = "switchboard_leases";

  private final ReactiveMongoClient client;
  private final DatabaseName database;
  private final Clock clock;

  JobTurns(ReactiveMongoClient client, DatabaseName database, Clock clock) {
    this.client = client;
    this.database = database;
    this.clock = clock;
  }

  /** Whether it is our turn; then it is nobody else's for this long. */
  public Uni<Boolean> take(String job, Duration turn) {
    Date now = new Date(clock.millis());
    Date until = new Date(now.getTime() + turn.toMillis());
    return leases()
        .insertOne(new Document("_id", "job:" + job).append("until", until))
        .replaceWith(true)
        .onFailure(DuplicateKey::is)
        .recoverWithUni(
            () ->
                leases()
                    .updateOne(
                        Filters.and(Filters.eq("_id", "job:" + job), Filters.lt("until", now)),
                        Updates.set("until", until))
                    .map(taken -> taken.getModifiedCount() == 1));
  }

  private ReactiveMongoCollection<Document> leases() {
    return client.getDatabase(database.resolve()).getCollection(COLLECTION);
  }
}
