package chat.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.ops.ApiKeysConfig;
import chat.switchboard.ops.Digests;
import chat.switchboard.ops.KeysConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The configured keys. */
@Tag("unit")
class ApiKeysTest {

  private static final String KEY = "0123456789abcdef0123456789abcdef";
  private static final Instant NOW = Instant.parse("2026-11-26T04:00:00Z");

  @Test
  void a_key_is_found_by_itself_and_ends_at_its_time() {
    ApiKeys keys =
        keys(
            Map.of(
                "secret-sha256",
                Digests.sha256Hex(KEY).toUpperCase(),
                "scopes",
                "read, send",
                "expires",
                "2026-11-26T04:00:01Z",
                "owner",
                " me@example.com "));
    ApiKey key = keys.find(KEY).orElseThrow();
    assertThat(key.name()).isEqualTo("ci");
    assertThat(key.scopes()).containsExactlyInAnyOrder(Scope.READ, Scope.SEND);
    assertThat(key.owner()).contains("me@example.com");
    assertThat(keys.find(KEY + "0")).isEmpty();
    assertThat(keys.find("")).isEmpty();
    assertThat(keys(Map.of("secret", KEY, "scopes", "read", "expires", NOW.toString())).find(KEY))
        .isEmpty();
    assertThat(keys.names()).containsExactly("ci");
  }

  @ParameterizedTest
  @CsvSource({
    "secret, short, fewer than 32",
    "secret-sha256, abc, not both",
    "scopes, admin, scopes may name",
    "scopes, READ, scopes may name",
    "expires, tomorrow, expires must"
  })
  void a_fault_stops_the_start_with_a_sentence(String name, String value, String sentence) {
    Map<String, String> settings = new HashMap<>(Map.of("secret", KEY, "scopes", "read"));
    settings.put(name, value);
    assertThatThrownBy(() -> keys(settings))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("switchboard.keys.\"ci\" cannot be used: ")
        .hasMessageContaining(sentence)
        .hasMessageNotContaining(KEY);
  }

  @Test
  void a_key_needs_a_scope_and_a_secret() {
    assertThatThrownBy(() -> keys(Map.of("secret", KEY))).hasMessageContaining("scopes is missing");
    assertThatThrownBy(() -> keys(Map.of("scopes", "read"))).hasMessageContaining("needs secret");
    assertThatThrownBy(() -> keys(Map.of("scopes", "read", "secret-sha256", "z".repeat(64))))
        .hasMessageContaining("64 hexadecimal");
  }

  private static ApiKeys keys(Map<String, String> settings) {
    Map<String, String> named = new HashMap<>();
    settings.forEach((name, value) -> named.put("switchboard.keys.\"ci\"." + name, value));
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(KeysConfig.class)
            .withMapping(ApiKeysConfig.class)
            .withSources(new PropertiesConfigSource(named, "test", 100))
            .withValidateUnknown(false)
            .build();
    return new ApiKeys(
        config.getConfigMapping(ApiKeysConfig.class),
        config.getConfigMapping(KeysConfig.class),
        Clock.fixed(NOW, ZoneOffset.UTC));
  }
}
