package chat.switchboard.media;

import chat.switchboard.ops.Digests;
import chat.switchboard.ops.JwtSecretConfig;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Capabilities: random texts that open one file and may expire. The database has only their hashes,
 * so that a copy of the database opens no file.
 */
@ApplicationScoped
class Capabilities {

  /** 256 bits. */
  private static final int BYTES = 32;

  /** 128 bits. */
  private static final int LINK_BYTES = 16;

  /** The length of a capability for an outgoing text, in characters. */
  static final int LINK_LENGTH = 22;

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{22}|[A-Za-z0-9_-]{43}");

  private final CapabilityStore store;
  private final JwtSecretConfig config;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  Capabilities(CapabilityStore store, JwtSecretConfig config, Clock clock) {
    this.store = store;
    this.config = config;
    this.clock = clock;
  }

  /**
   * Makes a capability.
   *
   * @param life how long the capability is valid; empty for a capability that never expires
   * @return empty if the item does not exist
   */
  Uni<Optional<String>> grant(String itemId, Optional<Duration> life) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String capability = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    return store
        .grant(
            itemId,
            Digests.sha256Hex(capability),
            life.map(duration -> new Date(clock.millis() + duration.toMillis())))
        .map(isThere -> isThere ? Optional.of(capability) : Optional.empty());
  }

  /**
   * Makes the capability for one file of one outgoing text: the same at each call, so that a
   * repetition after a crash opens no second address. The key is LibreChat's secret, which is not
   * in the database. 128 bits, since the capability has to fit into a text message.
   *
   * @return empty if the item is not there
   */
  Uni<Optional<String>> grantFor(String itemId, String textId, Duration life) {
    byte[] mac =
        Digests.hmacSha256(
            "switchboard media" + config.jwtSecret().orElse(""), itemId + "\u0000" + textId);
    String capability =
        Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(mac, LINK_BYTES));
    return store
        .renew(itemId, Digests.sha256Hex(capability), life)
        .map(isThere -> isThere ? Optional.of(capability) : Optional.empty());
  }

  /** Returns the item of a capability; empty if the capability is unknown, malformed or expired. */
  Uni<Optional<MediaItem>> open(String capability) {
    return capability != null && FORM.matcher(capability).matches()
        ? store.find(Digests.sha256Hex(capability))
        : Uni.createFrom().item(Optional.empty());
  }
}
