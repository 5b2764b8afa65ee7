package chat.switchboard.redis;

import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/**
 * Leaves out the metrics of the client's pool: a pool has one connection, and after a failure
 * another pool with the same name replaces it, of which the registry warns.
 */
final class ClientMetrics {

  private ClientMetrics() {}

  @Produces
  @Singleton
  static MeterFilter withoutPools() {
    return MeterFilter.denyNameStartsWith("redis.");
  }
}
