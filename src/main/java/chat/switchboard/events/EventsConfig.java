package chat.switchboard.events;

import io.smallrye.config.ConfigMapping;
import java.util.Map;

/** The receivers of outgoing events. */
@ConfigMapping(prefix = "switchboard")
public interface EventsConfig {

  /** The receivers by their names, such as {@code "crm"}. */
  Map<String, EventConfig> events();
}
