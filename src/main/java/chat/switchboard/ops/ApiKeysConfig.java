package chat.switchboard.ops;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** The keys of the callers of the API. */
@ConfigMapping(prefix = "switchboard")
public interface ApiKeysConfig {

  /**
   * The valid keys of API callers, sent in {@code X-Internal-API-Key}; several keys during a
   * rotation. At least 32 characters each. Environment: {@code INTERNAL_API_KEY}, separated by
   * commas. No default; a production start without a key fails.
   */
  Optional<List<String>> apiKeys();
}
