package chat.switchboard.ops;

import com.mongodb.MongoCommandException;
import com.mongodb.client.model.IndexModel;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.time.Duration;
import org.bson.codecs.configuration.CodecRegistry;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Makes the indexes at start, again and again until the database is there and all are made; until
 * then the service is not ready, since without its unique indexes it could store a thing twice.
 */
@Readiness
@ApplicationScoped
class IndexSetup implements HealthCheck {

  private static final Logger LOG = Logger.getLogger(IndexSetup.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  private final Instance<IndexPlan> plans;
  private final ReactiveMongoClient client;
  private final DatabaseName database;
  private final CodecRegistry codecs = com.mongodb.MongoClientSettings.getDefaultCodecRegistry();
  private volatile String missing = "the indexes are not made yet";

  IndexSetup(@Any Instance<IndexPlan> plans, ReactiveMongoClient client, DatabaseName database) {
    this.plans = plans;
    this.client = client;
    this.database = database;
  }

  void onStart(@Observes @Priority(10) StartupEvent event) {
    Multi.createFrom()
        .iterable(plans)
        .onItem()
        .transformToUniAndConcatenate(this::make)
        .collect()
        .asList()
        .onFailure()
        .retry()
        .withBackOff(FIRST_PAUSE, LONGEST_PAUSE)
        .indefinitely()
        .subscribe()
        .with(made -> missing = null);
  }

  private Uni<Void> make(IndexPlan plan) {
    return client
        .getDatabase(database.resolve())
        .getCollection(plan.collection())
        .createIndexes(plan.indexes())
        .onFailure()
        .invoke(failure -> explain(plan, failure))
        .replaceWithVoid();
  }

  private void explain(IndexPlan plan, Throwable failure) {
    missing = "the indexes of " + plan.collection() + " could not be made";
    if (failure instanceof MongoCommandException refused) {
      LOG.errorf(
          "The indexes of %s could not be made (%s). If an index of the same name has other"
              + " options, look at it with  db.%s.getIndexes()  and remove it with"
              + "  db.%s.dropIndex(\"<name>\") ; the wanted ones are %s.",
          plan.collection(),
          refused.getErrorMessage(),
          plan.collection(),
          plan.collection(),
          plan.indexes().stream().map(this::shown).toList());
    } else {
      LOG.warnf(
          "The indexes of %s wait for the database: %s", plan.collection(), failure.getMessage());
    }
  }

  private String shown(IndexModel index) {
    return index.getKeys().toBsonDocument(org.bson.BsonDocument.class, codecs).toJson();
  }

  @Override
  public HealthCheckResponse call() {
    String cause = missing;
    var response = HealthCheckResponse.named("indexes");
    return cause == null ? response.up().build() : response.down().withData("cause", cause).build();
  }
}
