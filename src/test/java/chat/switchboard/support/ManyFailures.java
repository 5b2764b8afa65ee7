package chat.switchboard.support;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/**
 * For classes that send thousands of refused requests. Classes with the same profile and the same
 * test resources share one application, so that a profile belongs here and not into a test class as
 * soon as a second class can use it.
 */
public class ManyFailures implements QuarkusTestProfile {
  @Override
  public Map<String, String> getConfigOverrides() {
    return Map.of("switchboard.limits.failures-per-minute", "1000000");
  }
}
