package chat.switchboard.support;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Settings for a test without an application: the defaults, and the values that the test sets. */
public final class Configured {

  private Configured() {}

  /**
   * @param type an interface with {@code @ConfigMapping}
   * @param namesAndValues the names and the values of settings, in turn
   */
  public static <T> T with(Class<T> type, String... namesAndValues) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return new SmallRyeConfigBuilder()
        .withConverter(Duration.class, 200, new DurationConverter())
        .withMapping(type)
        .withMappingIgnore("switchboard.**")
        .withDefaultValues(values)
        .build()
        .getConfigMapping(type);
  }
}
