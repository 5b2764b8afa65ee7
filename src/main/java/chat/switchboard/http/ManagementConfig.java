package chat.switchboard.http;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** Health and metrics. */
@ConfigMapping(prefix = "switchboard.management")
public interface ManagementConfig {

  /**
   * A port of their own for health and metrics; the public port then answers 404 for {@code
   * /q/health} and {@code /q/metrics}. Default: none, so that both are on the public port.
   */
  Optional<Integer> port();
}
