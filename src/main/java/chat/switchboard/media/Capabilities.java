package chat.switchboard.media;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Capabilities: random names that open one file, with an end. The database keeps hashes alone, so
 * that a copy of the database opens nothing.
 */
@ApplicationScoped
class Capabilities {

  /** 256 bits. */
  private static final int BYTES = 32;

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");

  private final MediaStore store;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  Capabilities(MediaStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Makes a capability.
   *
   * @param life empty for one without end
   * @return empty if the item is not there
   */
  Uni<Optional<String>> grant(String itemId, Optional<Duration> life) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String capability = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    return store
        .grant(
            itemId,
            hash(capability),
            life.map(duration -> new Date(clock.millis() + duration.toMillis())))
        .map(isThere -> isThere ? Optional.of(capability) : Optional.empty());
  }

  /** The item that the capability opens; empty if it is unknown, malformed or over. */
  Uni<Optional<MediaItem>> open(String capability) {
    return capability != null && FORM.matcher(capability).matches()
        ? store.byCapability(hash(capability))
        : Uni.createFrom().item(Optional.empty());
  }

  private static String hash(String capability) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(capability.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every Java platform has SHA-256", impossible);
    }
  }
}
