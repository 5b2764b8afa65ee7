package chat.switchboard.routing;

import chat.switchboard.address.MappingsConfig;
import chat.switchboard.mongo.ExclusiveRunner;
import chat.switchboard.mongo.LeaseKey;
import chat.switchboard.ops.Periodic;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.jboss.logging.Logger;

/**
 * Removes unused mappings and expired codes. One replica does so at a time; a later run of another
 * replica removes the mappings that have expired since.
 */
@Singleton
class Cleanup {

  private static final Logger LOG = Logger.getLogger(Cleanup.class);
  private static final Periodic PERIODIC =
      new Periodic(LOG, "Removing old mappings", Logger.Level.WARN);

  private final MappingStore store;
  private final ExclusiveRunner alone;
  private final MappingsConfig config;
  private final Clock clock;
  private final MeterRegistry meters;

  Cleanup(
      MappingStore store,
      ExclusiveRunner alone,
      MappingsConfig config,
      Clock clock,
      MeterRegistry meters) {
    this.store = store;
    this.alone = alone;
    this.config = config;
    this.clock = clock;
    this.meters = meters;
  }

  @Scheduled(every = "1h", delayed = "1m", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> run() {
    return PERIODIC.run(alone.run(LeaseKey.job("mapping-cleanup"), this::clean));
  }

  Uni<Void> clean() {
    return store
        .removeUnusedSince(clock.instant().minus(config.retention()))
        .invoke(removed -> note("expire", removed, "unused mappings"))
        .flatMap(done -> store.removeExpiredCodes())
        .invoke(removed -> note("code expire", removed, "expired codes"))
        .replaceWithVoid();
  }

  private void note(String what, long removed, String sentence) {
    meters.counter("switchboard.mappings", "what", what).increment((double) removed);
    if (removed > 0) {
      LOG.infof("Removed %d %s.", removed, sentence);
    }
  }
}
