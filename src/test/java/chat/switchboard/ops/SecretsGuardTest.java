package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class SecretsGuardTest {

  private static final String GOOD = "0123456789abcdef0123456789abcdef";
  private static final String SECRET = "fedcba9876543210fedcba9876543210";

  @Test
  void good_secrets_are_no_cause_for_complaint() {
    assertThat(complaint(GOOD, SECRET)).isEmpty();
  }

  @Test
  void a_missing_key_is_named_with_the_way_to_make_one() {
    assertThat(complaint("", SECRET).orElseThrow())
        .contains("INTERNAL_API_KEY")
        .contains("openssl rand -hex 32");
  }

  @Test
  void a_short_key_is_refused_also_beside_a_long_one() {
    assertThat(complaint(GOOD + ",short", SECRET).orElseThrow()).contains("fewer than 32");
  }

  @Test
  void a_missing_jwt_secret_is_named() {
    assertThat(complaint(GOOD, "").orElseThrow()).contains("JWT_SECRET");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "secret", "0123456789abcdef0123456789abcde", "  a                   "})
  void a_jwt_secret_of_fewer_than_32_characters_is_refused(String secret) {
    assertThat(complaint(GOOD, secret).orElseThrow())
        .startsWith("JWT_SECRET has fewer than 32")
        .contains("openssl rand -hex 32", "switchboard.allow-weak-jwt-secret=true");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "16f8c0ef4a5d391b26034086c628469d3f9f497f08163ab9b40137092f2909ef",
        "eaa5191f2914e30b9387fd84e254e4ba6fc51b4654968a9b0803b456a54b8418",
        " 16f8c0ef4a5d391b26034086c628469d3f9f497f08163ab9b40137092f2909ef "
      })
  void the_published_secrets_of_librechat_are_refused(String secret) {
    assertThat(complaint(GOOD, secret).orElseThrow()).contains("published", ".env.example");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "16f8c0ef4a5d391b26034086c628469d3f9f497f08163ab9b40137092f2909ef"})
  void a_weak_jwt_secret_that_is_allowed_starts_and_is_told_of(String secret) {
    SmallRyeConfig config = config(GOOD, secret, "true");
    JwtSecretConfig jwtSecret = config.getConfigMapping(JwtSecretConfig.class);
    assertThat(complaint(config)).isEmpty();
    assertThat(SecretsGuard.weakSecret(jwtSecret)).isPresent();
    assertThat(
            new SecretsCheck(
                    config.getConfigMapping(ApiKeysConfig.class),
                    config.getConfigMapping(KeysConfig.class),
                    jwtSecret)
                .look()
                .await()
                .indefinitely()
                .status())
        .isEqualTo(Finding.Status.FAIL);
  }

  @Test
  void no_jwt_secret_at_all_is_refused_also_where_a_weak_one_is_allowed() {
    assertThat(complaint(config(GOOD, "", "true"))).isPresent();
  }

  private static Optional<String> complaint(String keys, String secret) {
    return complaint(config(keys, secret, "false"));
  }

  private static Optional<String> complaint(SmallRyeConfig config) {
    return SecretsGuard.complaint(
        config.getConfigMapping(ApiKeysConfig.class),
        config.getConfigMapping(KeysConfig.class),
        config.getConfigMapping(JwtSecretConfig.class));
  }

  private static SmallRyeConfig config(String keys, String secret, String allowWeak) {
    return new SmallRyeConfigBuilder()
        .addDiscoveredConverters()
        .withMapping(ApiKeysConfig.class)
        .withMapping(KeysConfig.class)
        .withMapping(JwtSecretConfig.class)
        .withDefaultValues(
            Map.of(
                "switchboard.api-keys",
                keys,
                "switchboard.jwt-secret",
                secret,
                "switchboard.allow-weak-jwt-secret",
                allowWeak))
        .withValidateUnknown(false)
        .build();
  }

  @Test
  void keys_with_scopes_alone_are_enough() {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(ApiKeysConfig.class)
            .withMapping(KeysConfig.class)
            .withMapping(JwtSecretConfig.class)
            .withDefaultValues(
                Map.of(
                    "switchboard.keys.\"ci\".secret",
                    GOOD,
                    "switchboard.keys.\"ci\".scopes",
                    "read",
                    "switchboard.jwt-secret",
                    SECRET))
            .withValidateUnknown(false)
            .build();
    assertThat(complaint(config)).isEmpty();
  }
}
