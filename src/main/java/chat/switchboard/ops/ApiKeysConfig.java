package chat.switchboard.ops;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** The keys of the callers of the API. */
@ConfigMapping(prefix = "switchboard")
public interface ApiKeysConfig {

  /**
   * Keys that callers of the API may send in {@code X-Internal-API-Key}; several while keys are
   * rotated. At least 32 characters each. Environment: {@code INTERNAL_API_KEY}, separated by
   * commas. No default; a production start without one fails.
   */
  Optional<List<String>> apiKeys();
}
