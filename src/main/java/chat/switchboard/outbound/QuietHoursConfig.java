package chat.switchboard.outbound;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** The hours of a day in which texts are held that nobody waits for. */
@ConfigMapping(prefix = "switchboard")
public interface QuietHoursConfig {

  /**
   * The quiet hours, by the clock of the person: texts with {@code "quietHours": true} wait until
   * the hours are over. The first time belongs to the quiet hours, the second does not; the hours
   * may contain midnight. Empty: no quiet hours.
   */
  @WithDefault("21:00-08:00")
  Optional<String> quietHours();

  /**
   * The time zone of people whose number does not tell the zone (WhatsApp user IDs), such as {@code
   * Europe/Berlin}.
   */
  @WithDefault("UTC")
  String quietHoursZone();
}
