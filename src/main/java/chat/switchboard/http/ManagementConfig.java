package chat.switchboard.http;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** Health and metrics. */
@ConfigMapping(prefix = "switchboard.management")
public interface ManagementConfig {

  /**
   * A separate port for health and metrics; the public port then responds with 404 for {@code
   * /q/health} and {@code /q/metrics}. Default: none, so both are on the public port.
   */
  Optional<Integer> port();
}
