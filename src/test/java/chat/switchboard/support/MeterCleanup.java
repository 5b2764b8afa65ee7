package chat.switchboard.support;

import io.micrometer.core.instrument.Metrics;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;

/**
 * Removes the meters of an application that stops. The global registry of Micrometer otherwise
 * keeps the gauges for the next application of the process, and the gauges then still ask objects
 * of the earlier application; they disappear when the garbage collector takes these objects.
 */
@ApplicationScoped
class MeterCleanup {

  void onStop(@Observes ShutdownEvent event) {
    List.copyOf(Metrics.globalRegistry.getMeters()).forEach(Metrics.globalRegistry::remove);
  }
}
