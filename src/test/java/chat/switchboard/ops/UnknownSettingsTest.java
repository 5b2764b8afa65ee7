package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.support.Settings;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SysPropConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A setting that no interface declares stops the start. {@code faults.UnknownSettingsIT} has the
 * words that a process prints.
 */
@Tag("unit")
class UnknownSettingsTest {

  private static final List<Class<?>> MAPPINGS = Settings.mappings();

  @TempDir Path folder;

  /** An unknown name in every group of settings, and below every setting. */
  static Stream<String> unknown() {
    return Stream.concat(
        Settings.all("\"+15550001\"").keySet().stream()
            .flatMap(
                name ->
                    Stream.of(
                        name.substring(0, name.lastIndexOf('.')) + ".unknown", name + ".unknown"))
            .distinct()
            // The variables of a template have names of the operator's choice.
            .filter(name -> !name.startsWith("switchboard.whatsapp.reopen-variables.")),
        Stream.of(
            "switchboard",
            "switchboard.unknown.unknown",
            "switchboard.inbox",
            "switchboard.numbers",
            "switchboard.inbox.Lease",
            "switchboard.api_keys",
            "switchboard.stream.keepAlive"));
  }

  @ParameterizedTest
  @MethodSource("unknown")
  void an_unknown_setting_in_a_file_stops_the_start(String name) throws IOException {
    Path file = folder.resolve("application.properties");
    Files.writeString(file, name.replace("\"", "\\\"") + "=1\n");
    assertStops(name, new PropertiesConfigSource(file.toUri().toURL()));
  }

  @ParameterizedTest
  @MethodSource("unknown")
  void an_unknown_system_property_stops_the_start(String name) {
    System.setProperty(name, "1");
    try {
      assertStops(name, new SysPropConfigSource());
    } finally {
      System.clearProperty(name);
    }
  }

  /**
   * SmallRye does not validate variables. Kubernetes sets some of these names itself in each pod
   * beside a Service with the name switchboard.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SWITCHBOARD_UNKNOWN",
        "SWITCHBOARD_PORT",
        "SWITCHBOARD_SERVICE_HOST",
        "SWITCHBOARD_INBOX_UNKNOWN"
      })
  void an_unknown_variable_does_not_stop_the_start(String name) {
    assertThat(start(new EnvConfigSource(Map.of(name, "tcp://10.0.0.1:80"), 300))).isNotNull();
  }

  @Test
  void every_known_setting_starts() {
    SmallRyeConfig defaults = start();
    for (String name : Settings.all("\"+15550001\"").keySet()) {
      String value = defaults.getConfigValue(name).getValue();
      if (value != null) {
        assertThat(start(new PropertiesConfigSource(Map.of(name, value), "test", 100))).isNotNull();
      }
    }
  }

  private static void assertStops(String name, ConfigSource source) {
    assertThatThrownBy(() -> start(source))
        .isInstanceOf(ConfigValidationException.class)
        .hasMessageContaining(name + " in ")
        .hasMessageContaining("does not map to any root");
  }

  private static SmallRyeConfig start(ConfigSource... sources) {
    SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder().addDiscoveredConverters();
    MAPPINGS.forEach(builder::withMapping);
    return builder.withSources(sources).build();
  }
}
