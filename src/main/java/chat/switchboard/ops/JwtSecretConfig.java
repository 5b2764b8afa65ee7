package chat.switchboard.ops;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** The secret that Switchboard shares with LibreChat. */
@ConfigMapping(prefix = "switchboard")
public interface JwtSecretConfig {

  /**
   * LibreChat's own {@code JWT_SECRET}, as the plain string that it is there: access tokens are
   * HS256 over it. No default; a production start without one fails.
   */
  Optional<String> jwtSecret();

  /**
   * Whether a production start takes a {@link #jwtSecret()} of fewer than 32 characters, or the
   * published one of LibreChat's {@code .env.example}: for those who cannot change LibreChat's.
   * Anybody can then make tokens of every user. Each start writes a warning. Environment: {@code
   * SWITCHBOARD_ALLOW_WEAK_JWT_SECRET}.
   */
  @WithDefault("false")
  boolean allowWeakJwtSecret();
}
