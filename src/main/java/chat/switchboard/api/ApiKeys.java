package chat.switchboard.api;

import chat.switchboard.ops.ApiKeysConfig;
import chat.switchboard.ops.Digests;
import chat.switchboard.ops.KeyConfig;
import chat.switchboard.ops.KeysConfig;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/** The configured API keys. A key with a fault stops the start with a sentence. */
@ApplicationScoped
public class ApiKeys {

  /** 32 hexadecimal characters are 128 bits, which cannot be guessed over a network. */
  private static final int SHORTEST_KEY = 32;

  private static final int HASH_DIGITS = 64;

  private static final Pattern VISIBLE = Pattern.compile("[!-~]+");

  private static final Logger LOG = Logger.getLogger(ApiKeys.class);

  private final List<Known> keys = new ArrayList<>();

  /** The names of keys whose short secret the log has named. */
  private final Set<String> toldShort = ConcurrentHashMap.newKeySet();

  private final Clock clock;

  /** A key by its hash; without an end it is valid for ever. */
  private record Known(byte[] hash, ApiKey key, Optional<Instant> expires) {}

  ApiKeys(ApiKeysConfig config, KeysConfig scoped, Clock clock) {
    this.clock = clock;
    config.apiKeys().orElse(List.of()).stream()
        .map(String::strip)
        .filter(key -> !key.isEmpty())
        .forEach(
            key -> keys.add(new Known(Digests.sha256(key), ApiKey.INTERNAL, Optional.empty())));
    scoped.keys().forEach((name, one) -> add(known(name, one)));
  }

  /** Two keys with one secret would be one key, with the scopes of either. */
  private void add(Known key) {
    for (Known other : keys) {
      if (MessageDigest.isEqual(other.hash(), key.hash())) {
        throw fault(
            key.key().name(),
            "it has the secret of " + other.key().name() + ": give each key its own secret.");
      }
    }
    keys.add(key);
  }

  /** A fault shows at the start, and not at the first request. */
  void onStart(@Observes @Priority(2) StartupEvent event) {
    // The constructor has read the keys.
  }

  private static Known known(String name, KeyConfig config) {
    if (name.equals(ApiKey.INTERNAL.name())) {
      throw fault(name, "INTERNAL_API_KEY is the name of the key that may do everything.");
    }
    return new Known(
        hash(name, config),
        new ApiKey(
            name,
            scopes(name, config),
            config.owner().map(String::strip).filter(owner -> !owner.isEmpty())),
        config.expires().map(typed -> expires(name, typed)));
  }

  private static byte[] hash(String name, KeyConfig config) {
    Optional<String> secret = config.secret().map(String::strip).filter(typed -> !typed.isEmpty());
    Optional<String> hash =
        config.secretSha256().map(String::strip).filter(typed -> !typed.isEmpty());
    if (secret.isPresent() == hash.isPresent()) {
      throw fault(name, "it needs secret or secret-sha256, and not both.");
    }
    if (secret.isPresent()) {
      if (secret.get().length() < SHORTEST_KEY) {
        throw fault(
            name,
            "secret has fewer than 32 characters and could be guessed: create a key with 'openssl"
                + " rand -hex 32'.");
      }
      if (!VISIBLE.matcher(secret.get()).matches()) {
        throw fault(name, "secret has a character that no header can carry; use visible ASCII.");
      }
      return Digests.sha256(secret.get());
    }
    try {
      if (hash.get().length() == HASH_DIGITS) {
        return HexFormat.of().parseHex(hash.get());
      }
    } catch (IllegalArgumentException noHash) {
      // answered below
    }
    throw fault(name, "secret-sha256 must have 64 hexadecimal digits.");
  }

  private static Set<Scope> scopes(String name, KeyConfig config) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String typed : config.scopes().orElse(List.of())) {
      scopes.add(
          Scope.named(typed.strip())
              .orElseThrow(
                  () -> fault(name, "scopes may name inject, send, read, operate and mcp.")));
    }
    if (scopes.isEmpty()) {
      throw fault(name, "scopes is missing.");
    }
    return scopes;
  }

  private static Instant expires(String name, String typed) {
    try {
      return Instant.parse(typed.strip());
    } catch (DateTimeException malformed) {
      throw fault(name, "expires must be a time such as 2027-01-31T00:00:00Z.");
    }
  }

  private static ConfigurationException fault(String name, String sentence) {
    return new ConfigurationException(
        "switchboard.keys.\"" + name + "\" cannot be used: " + sentence);
  }

  /**
   * Compares with every key in constant time: the time reveals neither the position of the first
   * difference, nor the length of a key (both sides are hashes), nor which key matched.
   *
   * @return the key; empty if there is none, its time is over, or the secret can be guessed, which
   *     the hash in the configuration does not show
   */
  Optional<ApiKey> find(String shown) {
    byte[] hash = Digests.sha256(shown);
    Known found = null;
    for (Known key : keys) {
      if (MessageDigest.isEqual(key.hash(), hash)) {
        found = key;
      }
    }
    Instant now = clock.instant();
    return Optional.ofNullable(found)
        .filter(key -> isLongEnough(key, shown))
        .filter(key -> key.expires().filter(end -> !now.isBefore(end)).isEmpty())
        .map(Known::key);
  }

  private boolean isLongEnough(Known key, String shown) {
    if (key.key().equals(ApiKey.INTERNAL) || shown.length() >= SHORTEST_KEY) {
      return true;
    }
    if (toldShort.add(key.key().name())) {
      LOG.warnf(
          "The secret of the key %s has fewer than 32 characters and could be guessed, so that the"
              + " key is refused: create a secret with 'openssl rand -hex 32'.",
          key.key().name());
    }
    return false;
  }

  /**
   * A key with scopes.
   *
   * @param expires the end of the key; empty for a key without an end
   */
  record Scoped(String name, Optional<Instant> expires) {}

  /** The keys with scopes, in the order of the configuration. */
  List<Scoped> scoped() {
    return keys.stream()
        .filter(known -> !known.key().equals(ApiKey.INTERNAL))
        .map(known -> new Scoped(known.key().name(), known.expires()))
        .toList();
  }

  /** Whether one of the keys may do everything. */
  boolean hasInternal() {
    return keys.stream().anyMatch(known -> known.key().equals(ApiKey.INTERNAL));
  }

  /**
   * Returns the key that a request shows; empty if it shows none, or no valid one. A header that is
   * sent twice is no key.
   */
  public Optional<ApiKey> of(HttpServerRequest request) {
    List<String> shown = request.headers().getAll(ApiKeyFilter.HEADER);
    if (shown.isEmpty()) {
      shown = request.headers().getAll(ApiKeyFilter.ALIAS);
    }
    return shown.size() == 1 ? find(shown.get(0)) : Optional.empty();
  }

  /** The names of the keys with scopes. */
  List<String> names() {
    return keys.stream()
        .map(Known::key)
        .filter(key -> !key.equals(ApiKey.INTERNAL))
        .map(ApiKey::name)
        .toList();
  }
}
