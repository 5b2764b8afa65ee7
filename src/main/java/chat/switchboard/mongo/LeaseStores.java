package chat.switchboard.mongo;

import chat.switchboard.ops.Timers;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;

/** Makes stores of leases with a life of their own; all stores share one collection. */
@Singleton
public class LeaseStores {

  private final Clock clock;
  private final Timers timers;
  private final Batchers batchers;

  LeaseStores(Clock clock, Timers timers, Batchers batchers) {
    this.clock = clock;
    this.timers = timers;
    this.batchers = batchers;
  }

  /**
   * @param life how long a replica may fail to renew a lease before another replica takes over;
   *     each lease needs the same life in all replicas
   */
  public LeaseStore ofLife(Duration life) {
    return new Leases(() -> life, clock, timers, batchers);
  }
}
