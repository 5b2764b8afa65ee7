package chat.switchboard.events;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The configured receivers. A receiver with a fault stops the start with a sentence. */
@Singleton
class EventEndpoints {

  private final Map<String, EventEndpoint> byName = new TreeMap<>();

  EventEndpoints(EventsConfig config) {
    config
        .events()
        .forEach(
            (name, one) -> {
              List<String> errors = new ArrayList<>();
              EventEndpoint endpoint = EventEndpoint.of(name, one, errors);
              if (!errors.isEmpty()) {
                throw new ConfigurationException(
                    "switchboard.events.\""
                        + name
                        + "\" cannot be used: "
                        + String.join(" ", errors));
              }
              byName.put(name, endpoint);
            });
  }

  /** A fault shows at the start, and not at the first event. */
  void onStart(@Observes @Priority(2) StartupEvent event) {
    // The constructor has read the endpoints.
  }

  Collection<EventEndpoint> all() {
    return byName.values();
  }

  Optional<EventEndpoint> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Whether a receiver gets events of this kind. */
  boolean want(EventType type) {
    return byName.values().stream().anyMatch(endpoint -> endpoint.types().contains(type));
  }
}
