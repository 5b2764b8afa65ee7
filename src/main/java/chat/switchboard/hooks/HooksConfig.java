package chat.switchboard.hooks;

import io.smallrye.config.ConfigMapping;
import java.util.Map;

/** The hooks of the configuration. */
@ConfigMapping(prefix = "switchboard")
public interface HooksConfig {

  /** The hooks by their names, such as {@code "deploys"}. */
  Map<String, HookConfig> hooks();
}
