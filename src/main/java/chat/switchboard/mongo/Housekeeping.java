package chat.switchboard.mongo;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;

import chat.switchboard.ops.Periodic;
import com.mongodb.client.model.Projections;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.jboss.logging.Logger;

/**
 * Deletes expired documents if the server does not: some servers refuse TTL indexes, others accept
 * TTL indexes and delete nothing. On a server that deletes expired documents, this job finds none.
 * One replica runs the job at a time; a later run of another replica deletes the documents that
 * have expired since.
 */
@ApplicationScoped
class Housekeeping {

  private static final Logger LOG = Logger.getLogger(Housekeeping.class);
  private static final Periodic PERIODIC =
      new Periodic(LOG, "Deleting expired documents", Logger.Level.WARN);

  /** The server has this time to delete expired documents itself; MongoDB does so once a minute. */
  private static final Duration GRACE = Duration.ofMinutes(5);

  private static final int BATCH = 500;

  /** The maximum number of batches of one collection in one run; the next run deletes the rest. */
  private static final int MOST_BATCHES = 200;

  private final Instance<IndexPlan> plans;
  private final ReactiveMongoClient client;
  private final DatabaseName database;
  private final ExclusiveRunner alone;
  private final Clock clock;

  Housekeeping(
      @Any Instance<IndexPlan> plans,
      ReactiveMongoClient client,
      DatabaseName database,
      ExclusiveRunner alone,
      Clock clock) {
    this.plans = plans;
    this.client = client;
    this.database = database;
    this.alone = alone;
    this.clock = clock;
  }

  @Scheduled(
      every = "10m",
      delayed = "2m",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> run() {
    return PERIODIC.run(alone.run(LeaseKey.job("housekeeping"), this::clean));
  }

  /** Deletes the expired documents of each collection; returns the number of deleted documents. */
  Uni<Long> clean() {
    return Multi.createFrom()
        .iterable(plans)
        .onItem()
        .transformToMultiAndConcatenate(plan -> Multi.createFrom().iterable(WantedIndex.of(plan)))
        .select()
        .where(WantedIndex::expires)
        .onItem()
        .transformToUniAndConcatenate(this::clean)
        .collect()
        .with(java.util.stream.Collectors.summingLong(Long::longValue));
  }

  private Uni<Long> clean(WantedIndex index) {
    String field = index.keys().getFirstKey();
    long seconds = index.model().getOptions().getExpireAfter(TimeUnit.SECONDS);
    Date before = Date.from(clock.instant().minus(GRACE).minusSeconds(seconds));
    ReactiveMongoCollection<RawBsonDocument> collection =
        client
            .getDatabase(database.resolve())
            .getCollection(index.collection(), RawBsonDocument.class);
    return Multi.createBy()
        .repeating()
        .uni(() -> deleteBatch(collection, field, before))
        .whilst(deleted -> deleted == BATCH)
        .select()
        .first(MOST_BATCHES)
        .collect()
        .with(java.util.stream.Collectors.summingLong(Long::longValue))
        .invoke(
            deleted -> {
              if (deleted > 0) {
                LOG.infof("Deleted %d expired documents of %s.", deleted, index.collection());
              }
            });
  }

  private static Uni<Long> deleteBatch(
      ReactiveMongoCollection<RawBsonDocument> collection, String field, Date before) {
    return collection
        .find(
            lt(field, before),
            new FindOptions().projection(Projections.include("_id")).limit(BATCH))
        .map(found -> found.get("_id"))
        .collect()
        .asList()
        .flatMap(
            (List<BsonValue> ids) ->
                ids.isEmpty()
                    ? Uni.createFrom().item(0L)
                    // The filter compares the date again, because the date may have changed since
                    // the read.
                    : collection
                        .deleteMany(and(in("_id", ids), lt(field, before)))
                        .map(done -> (long) ids.size()));
  }
}
