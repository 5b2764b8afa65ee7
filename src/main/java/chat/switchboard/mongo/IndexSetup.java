package chat.switchboard.mongo;

import chat.switchboard.ops.Cause;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Makes the indexes at start: first the unique indexes, then the other indexes. The service is not
 * ready without the unique indexes, since a message could then be stored twice. The other indexes
 * only make queries fast or delete expired documents: if the server refuses such an index, the
 * service runs without that index.
 *
 * <p>One replica makes the indexes of a collection at a time, under a lease. The beans that this
 * class needs are singletons: a singleton is created at start, not by a thread of the driver, whose
 * class loader can belong to another application in tests.
 */
@Readiness
@ApplicationScoped
class IndexSetup implements HealthCheck {

  private static final Logger LOG = Logger.getLogger(IndexSetup.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  /**
   * The number of collections whose unique indexes are made at the same time: the start waits for
   * these indexes.
   */
  private static final int AT_ONCE = 8;

  /**
   * Error codes after which a retry can succeed: a time limit, a conflict with another operation,
   * an interruption, an aborted build, too many requests (Cosmos DB).
   */
  private static final Set<Integer> PASSING = Set.of(50, 112, 117, 262, 276, 11601, 16500);

  private static final int DUPLICATE_KEY = 11_000;

  private final Instance<IndexPlan> plans;
  private final Indexes indexes;
  private final IndexBuilder builder;
  private final ExclusiveRunner alone;

  private final Set<WantedIndex> made = ConcurrentHashMap.newKeySet();
  private final Set<String> said = ConcurrentHashMap.newKeySet();
  private final Set<String> building = new ConcurrentSkipListSet<>();
  private volatile String doing;
  private volatile String missing = "the unique indexes are not built yet";
  private volatile Cancellable work;

  IndexSetup(
      @Any Instance<IndexPlan> plans,
      Indexes indexes,
      IndexBuilder builder,
      ExclusiveRunner alone) {
    this.plans = plans;
    this.indexes = indexes;
    this.builder = builder;
    this.alone = alone;
  }

  /** Another replica builds the indexes, or a build from before a restart still runs. */
  private static final class BuiltElsewhere extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BuiltElsewhere() {
      super("Another replica builds the indexes", null, false, false);
    }
  }

  void onStart(@Observes @Priority(10) StartupEvent event) {
    List<WantedIndex> all = plans.stream().flatMap(plan -> WantedIndex.of(plan).stream()).toList();
    work =
        untilMade(all.stream().filter(WantedIndex::isUnique).toList(), AT_ONCE)
            .invoke(() -> missing = null)
            .chain(() -> untilMade(all.stream().filter(one -> !one.isUnique()).toList(), 1))
            .subscribe()
            .with(done -> doing = null);
  }

  void onStop(@Observes ShutdownEvent event) {
    if (work != null) {
      work.cancel();
    }
  }

  /**
   * @param collections the number of collections at the same time; 1 for the other indexes, so that
   *     their builds leave the database free for messages
   */
  private Uni<Void> untilMade(List<WantedIndex> wanted, int collections) {
    Map<String, List<WantedIndex>> byCollection =
        wanted.stream()
            .collect(
                Collectors.groupingBy(
                    WantedIndex::collection, LinkedHashMap::new, Collectors.toList()));
    return Multi.createFrom()
        .iterable(byCollection.entrySet())
        .onItem()
        .transformToUni(one -> make(one.getKey(), one.getValue()))
        .merge(collections)
        .onItem()
        .ignoreAsUni()
        .onFailure(BuiltElsewhere.class)
        .retry()
        .withBackOff(LOOK_AGAIN, LOOK_AGAIN)
        .indefinitely()
        .onFailure()
        .retry()
        .withBackOff(FIRST_PAUSE, LONGEST_PAUSE)
        .indefinitely();
  }

  private Uni<Void> make(String collection, List<WantedIndex> wanted) {
    List<WantedIndex> left = wanted.stream().filter(one -> !made.contains(one)).toList();
    if (left.isEmpty()) {
      return Uni.createFrom().voidItem();
    }
    return indexes
        .listed(collection)
        // The server or the user's rights do not allow the list: each index is created.
        .onFailure(IndexSetup::isRefusal)
        .recoverWithItem(List.of())
        .flatMap(
            there -> {
              left.stream().filter(one -> !one.isUnique() && one.isIn(there)).forEach(made::add);
              boolean allListed = left.stream().allMatch(one -> one.isIn(there));
              // A listed index may still be under construction: the server answers when the index
              // is ready.
              return allListed
                  ? build(left)
                  : alone
                      .run(
                          LeaseKey.job("indexes of " + collection),
                          () -> buildUnlessAtWork(collection, left))
                      .flatMap(this::isDone);
            })
        .onFailure(failure -> !(failure instanceof BuiltElsewhere))
        .invoke(failure -> explain(collection, failure));
  }

  private Uni<Void> isDone(Optional<Boolean> done) {
    if (done.orElse(false)) {
      return Uni.createFrom().voidItem();
    }
    doing = "another replica builds the indexes";
    return Uni.createFrom().failure(new BuiltElsewhere());
  }

  private Uni<Boolean> buildUnlessAtWork(String collection, List<WantedIndex> wanted) {
    return builder
        .isAtWork(collection)
        .flatMap(busy -> busy ? Uni.createFrom().item(false) : build(wanted).map(done -> true));
  }

  private Uni<Void> build(Collection<WantedIndex> wanted) {
    return Multi.createFrom()
        .iterable(wanted)
        .select()
        .where(one -> !made.contains(one))
        .onItem()
        .transformToUniAndConcatenate(this::build)
        .onItem()
        .ignoreAsUni();
  }

  private Uni<Void> build(WantedIndex index) {
    return Uni.createFrom()
        .deferred(
            () -> {
              doing = null;
              String shown = "building " + index.shown();
              building.add(shown);
              return builder.build(index).onTermination().invoke(() -> building.remove(shown));
            })
        .onFailure(IndexSetup::isRefusal)
        .recoverWithUni(refusal -> refused(index, refusal))
        .invoke(() -> made.add(index));
  }

  private static boolean isRefusal(Throwable failure) {
    return failure instanceof MongoCommandException refused
        && !PASSING.contains(refused.getErrorCode())
        && !refused.hasErrorLabel(MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL)
        && !refused.hasErrorLabel("RetryableWriteError");
  }

  private Uni<Void> refused(WantedIndex index, Throwable refusal) {
    Uni<Void> instead =
        index
            .fallback()
            .map(
                plain ->
                    builder
                        .build(plain)
                        .invoke(
                            () ->
                                say(
                                    Logger.Level.WARN,
                                    refusedLine(index, refusal)
                                        + (index.expires()
                                            ? " Switchboard deletes expired documents itself."
                                            : " A larger index without the condition replaces this index.")
                                        + later(index))))
            .orElseGet(() -> Uni.createFrom().failure(refusal));
    return instead
        .onFailure(IndexSetup::isRefusal)
        .recoverWithUni(
            again -> {
              if (index.isUnique()) {
                missing = "the server refuses the unique index " + index.shown();
                say(Logger.Level.ERROR, refusedLine(index, refusal) + mend(index, refusal));
                return Uni.createFrom().failure(again);
              }
              say(
                  Logger.Level.WARN,
                  refusedLine(index, refusal)
                      + (index.expires()
                          ? " Switchboard deletes expired documents itself."
                          : " Queries that need this index are slow.")
                      + later(index));
              return Uni.createFrom().voidItem();
            });
  }

  private static String refusedLine(WantedIndex index, Throwable refusal) {
    return "The server refuses the index " + index.shown() + " (" + cause(refusal) + ").";
  }

  private static String later(WantedIndex index) {
    return " To make the index by hand: "
        + index.command()
        + " ; if another index has the same keys and other options, remove that index first (db."
        + index.collection()
        + ".getIndexes(), db."
        + index.collection()
        + ".dropIndex(\"<name>\")).";
  }

  private static String mend(WantedIndex index, Throwable refusal) {
    return " Without this index a message could be stored twice, so the service is not ready."
        + (refusal instanceof MongoCommandException refused
                && refused.getErrorCode() == DUPLICATE_KEY
            ? " Two documents have the same value: remove one."
            : "")
        + later(index);
  }

  /**
   * The server's message about a duplicate key quotes the document, so the log does not have that
   * message.
   */
  private static String cause(Throwable refusal) {
    return refusal instanceof MongoCommandException refused
            && refused.getErrorCode() != DUPLICATE_KEY
        ? refused.getErrorCode() + " " + refused.getErrorMessage()
        : Cause.of(refusal);
  }

  private void explain(String collection, Throwable failure) {
    if (!isRefusal(failure)) {
      say(
          Logger.Level.WARN,
          "Building the indexes of "
              + collection
              + " failed and will be retried: "
              + Cause.of(failure));
    }
  }

  /** Logs each line once: a server that refuses an index refuses every attempt. */
  private void say(Logger.Level level, String line) {
    if (said.size() < 1_000 && said.add(line)) {
      LOG.log(level, line);
    }
  }

  /** The running builds; empty if no build runs. */
  Optional<String> doing() {
    String now = String.join(", ", building);
    return now.isEmpty() ? Optional.ofNullable(doing) : Optional.of(now);
  }

  @Override
  public HealthCheckResponse call() {
    String cause = missing;
    HealthCheckResponseBuilder response = HealthCheckResponse.named("indexes");
    doing().ifPresent(now -> response.withData("now", now));
    return cause == null ? response.up().build() : response.down().withData("cause", cause).build();
  }
}
