package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.support.Settings;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A setting that was renamed stops the start with the new name. */
@Tag("unit")
class RenamedSettingsTest {

  static Stream<Map.Entry<String, String>> renamed() {
    return RenamedSettings.NEW_NAMES.entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("renamed")
  void the_old_name_of_a_property_stops_the_start(Map.Entry<String, String> name) {
    assertNamesTheNewOne(name, properties(name.getKey()));
  }

  @ParameterizedTest
  @MethodSource("renamed")
  void the_old_name_of_a_property_in_a_profile_stops_the_start(Map.Entry<String, String> name) {
    assertNamesTheNewOne(name, properties("%prod." + name.getKey()));
  }

  @ParameterizedTest
  @MethodSource("renamed")
  void the_old_name_of_a_variable_stops_the_start(Map.Entry<String, String> name) {
    assertNamesTheNewOne(
        name, new EnvConfigSource(Map.of(variable(name.getKey()), "1"), EnvConfigSource.ORDINAL));
  }

  @ParameterizedTest
  @MethodSource("renamed")
  void the_new_name_is_a_setting_and_the_old_name_is_none(Map.Entry<String, String> name) {
    assertThat(Settings.all("*")).containsKey(name.getValue()).doesNotContainKey(name.getKey());
  }

  @Test
  void other_names_start() {
    assertThat(start(properties("switchboard.stream.polls"))).isNotNull();
    assertThat(start(properties("switchboard.stream.poll-interval"))).isNotNull();
    assertThat(start(properties("%other.switchboard.stream.poll"))).isNotNull();
  }

  private static void assertNamesTheNewOne(Map.Entry<String, String> name, ConfigSource source) {
    assertThatThrownBy(() -> start(source))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "The setting " + name.getKey() + " (" + variable(name.getKey()) + ") in ")
        .hasMessageEndingWith(
            "is now called " + name.getValue() + " (" + variable(name.getValue()) + ").");
  }

  private static ConfigSource properties(String name) {
    return new PropertiesConfigSource(Map.of(name, "1"), "test", 100);
  }

  private static String variable(String name) {
    return name.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
  }

  private static SmallRyeConfig start(ConfigSource source) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .addDiscoveredInterceptors()
        .withProfile("prod")
        .withSources(source)
        .build();
  }
}
