package chat.switchboard.outbound;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** The hours of a day in which Switchboard holds texts for which the person does not wait. */
@ConfigMapping(prefix = "switchboard")
public interface QuietHoursConfig {

  /**
   * The quiet hours, in the time zone of the person: texts with {@code "quietHours": true}, and
   * texts by the tools of the MCP server, wait until the hours have ended. The first time belongs
   * to the quiet hours, the second does not; the hours may contain midnight. Empty: no quiet hours.
   */
  @WithDefault("21:00-08:00")
  Optional<String> quietHours();

  /**
   * The time zone, such as {@code Europe/Berlin}, for numbers without a known time zone (WhatsApp
   * user IDs), and for numbers in whose time zones the quiet hours never end at the same time.
   */
  @WithDefault("UTC")
  String quietHoursZone();
}
