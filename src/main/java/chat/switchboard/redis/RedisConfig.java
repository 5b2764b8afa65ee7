package chat.switchboard.redis;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/**
 * LibreChat's Redis or Valkey, by which the replicas tell each other of new entries of the feed.
 * The variables of LibreChat set these settings.
 */
@ConfigMapping(prefix = "switchboard.redis")
public interface RedisConfig {

  /**
   * The address: {@code redis://user:password@host:6379/0}, or {@code rediss://} with TLS. Several
   * addresses, separated by commas, are nodes of one cluster, or sentinels if {@code
   * sentinel-master} is set. By default {@code REDIS_URI}; without an address the replicas follow
   * MongoDB alone. Any other form stops the start.
   */
  Optional<String> uri();

  /** The user, if the first address has none. By default {@code REDIS_USERNAME}. */
  Optional<String> username();

  /** The password, if the first address has none. By default {@code REDIS_PASSWORD}. */
  Optional<String> password();

  /**
   * The prefix of Switchboard's key, which two colons follow as in LibreChat's keys. By default
   * {@code REDIS_KEY_PREFIX}. All replicas need the same prefix.
   */
  Optional<String> keyPrefix();

  /**
   * Whether a single address belongs to a cluster. By default {@code USE_REDIS_CLUSTER}, or false.
   */
  @WithDefault("false")
  boolean cluster();

  /** The name of the master that the sentinels watch; default none. */
  Optional<String> sentinelMaster();

  /**
   * The path of a PEM file with the certificates of the authorities that Redis' certificate may
   * come from; the connection then has TLS. By default {@code REDIS_CA}, or the authorities of the
   * machine.
   */
  Optional<String> ca();
}
