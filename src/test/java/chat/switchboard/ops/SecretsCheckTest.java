package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SecretsCheckTest {

  private static final String GOOD = "0123456789abcdef0123456789abcdef";

  @Test
  void good_secrets_are_no_cause_for_complaint() {
    assertThat(complaint(GOOD, "secret")).isEmpty();
  }

  @Test
  void a_missing_key_is_named_with_the_way_to_make_one() {
    assertThat(complaint("", "secret").orElseThrow())
        .contains("INTERNAL_API_KEY")
        .contains("openssl rand -hex 32");
  }

  @Test
  void a_short_key_is_refused_also_beside_a_long_one() {
    assertThat(complaint(GOOD + ",short", "secret").orElseThrow()).contains("fewer than 32");
  }

  @Test
  void a_missing_jwt_secret_is_named() {
    assertThat(complaint(GOOD, "").orElseThrow()).contains("JWT_SECRET");
  }

  private static Optional<String> complaint(String keys, String secret) {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(SwitchboardConfig.class)
            .withDefaultValues(
                Map.of("switchboard.api-keys", keys, "switchboard.jwt-secret", secret))
            .build();
    return SecretsCheck.complaint(config.getConfigMapping(SwitchboardConfig.class));
  }
}
