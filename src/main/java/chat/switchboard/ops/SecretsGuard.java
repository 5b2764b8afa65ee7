package chat.switchboard.ops;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Stops a production start with a missing or weak secret. The error names the variable and the
 * command that creates a secret.
 */
@ApplicationScoped
class SecretsGuard {

  private static final Logger LOG = Logger.getLogger(SecretsGuard.class);

  /** 32 hexadecimal characters are 128 bits, which cannot be guessed over a network. */
  private static final int SHORTEST_KEY = 32;

  /**
   * HS256 requires a key of 256 bits (RFC 7518); LibreChat recommends a secret of 64 characters.
   */
  private static final int SHORTEST_SECRET = 32;

  /**
   * SHA-256 of the values that LibreChat's {@code .env.example} has had for {@code JWT_SECRET} and
   * {@code JWT_REFRESH_SECRET}: these values are public.
   */
  private static final Set<String> PUBLISHED =
      Set.of(
          "69024f21e9ad17594dcccd93e87399af24a5426ccfe6108d1787f0335966abc4",
          "282ad5f60261639fefed381976b4d0dde52eab5527a1ab2ec75d5be1efa1165b");

  private static final String ALLOWED =
      " (switchboard.allow-weak-jwt-secret=true permits the start.)";

  private final ApiKeysConfig apiKeysConfig;
  private final KeysConfig keysConfig;
  private final JwtSecretConfig jwtSecretConfig;

  SecretsGuard(
      ApiKeysConfig apiKeysConfig, KeysConfig keysConfig, JwtSecretConfig jwtSecretConfig) {
    this.apiKeysConfig = apiKeysConfig;
    this.keysConfig = keysConfig;
    this.jwtSecretConfig = jwtSecretConfig;
  }

  void onStart(@Observes @Priority(1) StartupEvent event) {
    Optional<String> complaint = complaint(apiKeysConfig, keysConfig, jwtSecretConfig);
    if (complaint.isEmpty()) {
      weakSecret(jwtSecretConfig)
          .ifPresent(weak -> LOG.warn("switchboard.allow-weak-jwt-secret is set: " + weak));
      return;
    }
    if (LaunchMode.current() == LaunchMode.NORMAL) {
      throw new ConfigurationException(complaint.get());
    }
    LOG.warn(complaint.get());
  }

  static Optional<String> complaint(
      ApiKeysConfig apiKeysConfig, KeysConfig keysConfig, JwtSecretConfig jwtSecretConfig) {
    List<String> keys = apiKeysConfig.apiKeys().orElse(List.of());
    if (keys.isEmpty() && keysConfig.keys().isEmpty()) {
      return Optional.of(
          "INTERNAL_API_KEY is not set, so no caller could use the API: create a key with 'openssl "
              + "rand -hex 32'.");
    }
    if (keys.stream().anyMatch(key -> key.strip().length() < SHORTEST_KEY)) {
      return Optional.of(
          "INTERNAL_API_KEY has fewer than 32 characters and could be guessed: create a key with "
              + "'openssl rand -hex 32'.");
    }
    if (jwtSecretConfig.jwtSecret().filter(secret -> !secret.isBlank()).isEmpty()) {
      return Optional.of(
          "JWT_SECRET is not set, so no browser's token could be checked: set LibreChat's value, "
              + "or create a secret for both with 'openssl rand -hex 32'.");
    }
    return weakSecret(jwtSecretConfig).filter(weak -> !jwtSecretConfig.allowWeakJwtSecret());
  }

  /** Returns why LibreChat's secret is weak, even if a weak secret is allowed. */
  static Optional<String> weakSecret(JwtSecretConfig jwtSecretConfig) {
    String secret = jwtSecretConfig.jwtSecret().orElse("");
    if (isPublished(secret.strip())) {
      return Optional.of(
          "JWT_SECRET is the published value of LibreChat's .env.example, with which an attacker "
              + "can forge tokens of every user: create another secret for both with 'openssl rand "
              + "-hex 32'."
              + ALLOWED);
    }
    if (secret.strip().length() < SHORTEST_SECRET) {
      return Optional.of(
          "JWT_SECRET has fewer than 32 characters and could be guessed from one token: create "
              + "another secret for LibreChat and Switchboard with 'openssl rand -hex 32'."
              + ALLOWED);
    }
    return Optional.empty();
  }

  private static boolean isPublished(String secret) {
    return PUBLISHED.contains(Digests.sha256Hex(secret));
  }
}
