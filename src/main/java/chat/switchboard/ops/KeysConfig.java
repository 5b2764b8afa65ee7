package chat.switchboard.ops;

import io.smallrye.config.ConfigMapping;
import java.util.Map;

/** The keys with scopes. */
@ConfigMapping(prefix = "switchboard")
public interface KeysConfig {

  /** The keys by their names, such as {@code "ci"}. */
  Map<String, KeyConfig> keys();
}
