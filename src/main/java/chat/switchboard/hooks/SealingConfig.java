package chat.switchboard.hooks;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** The keys of stored secrets. */
@ConfigMapping(prefix = "switchboard")
public interface SealingConfig {

  /**
   * The keys that encrypt the secrets of hooks in the database (AES-256-GCM), of at least 32
   * characters each: the first one encrypts, the others only decrypt. For a rotation put the new
   * key before the old one; within a minute of the start each stored secret is encrypted again with
   * the first key. Default: {@code JWT_SECRET}. With a key here, {@code JWT_SECRET} still decrypts.
   * A shorter key stops the start.
   */
  Optional<List<String>> sealingKeys();
}
