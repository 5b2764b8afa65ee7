package chat.switchboard.inbound;

import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.mongo.LeaseConfig;
import jakarta.inject.Singleton;
import java.time.Duration;

/** How long messages wait in a lane. */
@Singleton
class LaneLimits {

  private final DatabaseConfig database;
  private final LeaseConfig leases;

  LaneLimits(DatabaseConfig database, LeaseConfig leases) {
    this.database = database;
    this.leases = leases;
  }

  /** Returns how long the callers of a failed round wait for its repetition. */
  Duration databaseTime() {
    return database.timeout();
  }

  /**
   * Returns how long a kept message waits in this process while another replica holds the lease:
   * within that time the lease of a dead replica is taken over.
   */
  Duration longestContention() {
    return leases.lease().multipliedBy(3);
  }
}
