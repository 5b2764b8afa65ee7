package chat.switchboard.ops;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** The secret that Switchboard shares with LibreChat. */
@ConfigMapping(prefix = "switchboard")
public interface JwtSecretConfig {

  /**
   * LibreChat's own {@code JWT_SECRET}, as the same plain string: the key of access tokens (HS256).
   * No default; a production start without the secret fails.
   */
  Optional<String> jwtSecret();

  /**
   * Whether a production start accepts a {@code switchboard.jwt-secret} of fewer than 32
   * characters, or the published secret of LibreChat's {@code .env.example}: for operators who
   * cannot change LibreChat's secret. An attacker can then forge tokens of every user. Each start
   * writes a warning. Environment: {@code SWITCHBOARD_ALLOW_WEAK_JWT_SECRET}.
   */
  @WithDefault("false")
  boolean allowWeakJwtSecret();
}
