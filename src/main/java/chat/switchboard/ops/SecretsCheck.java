package chat.switchboard.ops;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Stops a production start that lacks a secret, or has a weak one, with one sentence that names the
 * variable and how to make one.
 */
@ApplicationScoped
class SecretsCheck {

  private static final Logger LOG = Logger.getLogger(SecretsCheck.class);

  /** 32 characters of hexadecimal are 128 bits, which nobody guesses over a network. */
  private static final int SHORTEST_KEY = 32;

  private final SwitchboardConfig config;

  SecretsCheck(SwitchboardConfig config) {
    this.config = config;
  }

  void onStart(@Observes @Priority(1) StartupEvent event) {
    Optional<String> complaint = complaint(config);
    if (complaint.isEmpty()) {
      return;
    }
    if (LaunchMode.current() == LaunchMode.NORMAL) {
      throw new ConfigurationException(complaint.get());
    }
    LOG.warn(complaint.get());
  }

  static Optional<String> complaint(SwitchboardConfig config) {
    List<String> keys = config.apiKeys().orElse(List.of());
    if (keys.isEmpty()) {
      return Optional.of(
          "INTERNAL_API_KEY is not set, so that nobody could call the API: make one with"
              + " 'openssl rand -hex 32'.");
    }
    if (keys.stream().anyMatch(key -> key.strip().length() < SHORTEST_KEY)) {
      return Optional.of(
          "INTERNAL_API_KEY has fewer than 32 characters and could be guessed: make one with"
              + " 'openssl rand -hex 32'.");
    }
    if (config.jwtSecret().filter(secret -> !secret.isBlank()).isEmpty()) {
      return Optional.of(
          "JWT_SECRET is not set, so that no browser's token could be checked: give the value that"
              + " LibreChat has, or make one for both with 'openssl rand -hex 32'.");
    }
    return Optional.empty();
  }
}
