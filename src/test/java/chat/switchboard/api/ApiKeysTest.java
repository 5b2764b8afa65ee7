package chat.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.ops.ApiKeysConfig;
import chat.switchboard.ops.Digests;
import chat.switchboard.ops.Finding;
import chat.switchboard.ops.KeysConfig;
import chat.switchboard.support.LogLines;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  @ParameterizedTest
  @ValueSource(strings = {"", "secret", "0123456789abcdef0123456789abcde"})
  void a_secret_that_can_be_guessed_is_no_key_although_the_hash_does_not_show_it(String secret) {
    ApiKeys keys = keys(Map.of("secret-sha256", Digests.sha256Hex(secret), "scopes", "read"));
    try (LogLines lines = LogLines.of(ApiKeys.class.getName())) {
      assertThat(keys.find(secret)).isEmpty();
      assertThat(keys.find(secret)).isEmpty();
      assertThat(lines.texts()).singleElement().asString().contains("key ci", "openssl");
    }
  }

  @Test
  void a_key_needs_a_scope_and_a_secret() {
    assertThatThrownBy(() -> keys(Map.of("secret", KEY))).hasMessageContaining("scopes is missing");
    assertThatThrownBy(() -> keys(Map.of("scopes", "read"))).hasMessageContaining("needs secret");
    assertThatThrownBy(() -> keys(Map.of("scopes", "read", "secret-sha256", "z".repeat(64))))
        .hasMessageContaining("64 hexadecimal");
  }

  @Test
  void a_hash_may_be_written_in_capitals_and_between_blanks_and_nothing_else() {
    String hash = Digests.sha256Hex(KEY);
    assertThat(keys(Map.of("secret-sha256", " " + hash + " ", "scopes", "read")).find(KEY))
        .isPresent();
    for (String wrong :
        List.of(
            hash + "  -",
            hash.substring(0, 32) + " " + hash.substring(32),
            "0x" + hash.substring(2),
            hash.substring(1),
            "sha256:" + hash)) {
      assertThatThrownBy(() -> keys(Map.of("secret-sha256", wrong, "scopes", "read")))
          .hasMessageContaining("64 hexadecimal digits");
    }
  }

  @Test
  void a_secret_that_no_header_can_carry_is_refused() {
    for (String wrong : List.of("é", "\u0660", " ", "\u00a0", "\t", "\u200b", "\u007f")) {
      assertThatThrownBy(() -> keys(Map.of("secret", KEY + wrong + KEY, "scopes", "read")))
          .hasMessageContaining("visible ASCII");
    }
  }

  @Test
  void two_keys_with_one_secret_are_refused() {
    for (Map<String, String> other :
        List.of(
            Map.of("switchboard.keys.\"b\".secret", KEY),
            Map.of("switchboard.keys.\"b\".secret-sha256", Digests.sha256Hex(KEY)),
            Map.of("switchboard.api-keys", "x".repeat(32) + "," + KEY))) {
      Map<String, String> named = new HashMap<>(other);
      named.put("switchboard.keys.\"a\".secret", KEY);
      named.put("switchboard.keys.\"a\".scopes", "read");
      if (!other.containsKey("switchboard.api-keys")) {
        named.put("switchboard.keys.\"b\".scopes", "send");
      }
      assertThatThrownBy(() -> configured(named))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("has the secret of")
          .hasMessageNotContaining(KEY);
    }
  }

  @Test
  void no_key_with_scopes_has_the_name_of_the_key_for_everything() {
    assertThatThrownBy(
            () ->
                configured(
                    Map.of(
                        "switchboard.keys.\"INTERNAL_API_KEY\".secret",
                        KEY,
                        "switchboard.keys.\"INTERNAL_API_KEY\".scopes",
                        "read")))
        .hasMessageContaining("name of the key that may do everything");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "                                         |            | OK   | may do everything",
        "0123456789abcdef0123456789abcdeg         |            | OK   | may do everything",
        "0123456789abcdef0123456789abcdeg         | -          | WARN | may do everything",
        "                                         | -          | OK   | 1 key with scopes",
        "                                         | 2027-11-26 | OK   | 1 key with scopes",
        "                                         | 2026-12-11 | OK   | 1 key with scopes",
        "                                         | 2026-12-10 | WARN | expire within 14 days: ci (2026-12-10T00:00:00Z)",
        "                                         | 2026-11-27 | WARN | expire within 14 days: ci",
        "                                         | 2026-11-26 | WARN | Expired: ci",
        "                                         | 2020-01-01 | WARN | Expired: ci",
        "0123456789abcdef0123456789abcdeg         | 2020-01-01 | WARN | Expired: ci (2020-01-01T00:00:00Z). INTERNAL_API_KEY may do everything",
      })
  void the_doctor_warns_about_keys(String internal, String expires, String status, String says) {
    Map<String, String> named = new HashMap<>();
    if (internal != null) {
      named.put("switchboard.api-keys", internal);
    }
    if (expires != null) {
      named.put("switchboard.keys.\"ci\".secret", KEY);
      named.put("switchboard.keys.\"ci\".scopes", "read");
      if (!expires.equals("-")) {
        named.put("switchboard.keys.\"ci\".expires", expires + "T00:00:00Z");
      }
    }
    Finding finding =
        new KeysCheck(configured(named), Clock.fixed(NOW, ZoneOffset.UTC))
            .look()
            .await()
            .indefinitely();
    assertThat(finding.status().name()).isEqualTo(status);
    assertThat(finding.says()).contains(says).doesNotContain(KEY);
    assertThat(finding.mend() == null).isEqualTo(status.equals("OK"));
  }

  private static ApiKeys keys(Map<String, String> settings) {
    Map<String, String> named = new HashMap<>();
    settings.forEach((name, value) -> named.put("switchboard.keys.\"ci\"." + name, value));
    return configured(named);
  }

  private static ApiKeys configured(Map<String, String> named) {
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
