package chat.switchboard.librechat;

import chat.switchboard.http.HttpProbe;
import chat.switchboard.http.HttpProbe.Answer;
import chat.switchboard.ops.MachineTime;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;

/**
 * Fetches and caches the keys of the identity provider that LibreChat uses for sign-in: by
 * discovery (OpenID Connect Discovery 1.0, section 4) and {@code jwks_uri}. The keys are fetched
 * again when they are old or a token names an unknown key; the latter at most every 30 s, so that
 * invented key ids do not cause a request each.
 */
@Singleton
class OpenIdProvider {

  private static final Logger LOG = Logger.getLogger(OpenIdProvider.class);
  private static final String WELL_KNOWN = "/.well-known/openid-configuration";

  /**
   * While the provider responds, a key that the provider has revoked is accepted for at most this
   * long.
   */
  private static final Duration FRESH = Duration.ofMinutes(10);

  /** The shortest time between two fetches, whatever keys the tokens name. */
  private static final Duration PAUSE = Duration.ofSeconds(30);

  /**
   * Keys that cannot be fetched again are accepted for this long: outages of a provider last
   * minutes.
   */
  private static final Duration STALE = Duration.ofHours(12);

  private final Optional<String> discovery;
  private final Function<String, Uni<Answer>> get;
  private final Clock clock;
  private OpenIdKeys known;
  private Instant triedAt = Instant.MIN;
  private Uni<OpenIdKeys> underWay;

  @Inject
  OpenIdProvider(OpenIdConfig config, HttpProbe asking, @MachineTime Clock clock) {
    this(
        config.issuer(),
        address -> asking.get(address, Map.of("Accept", "application/json")),
        clock);
  }

  OpenIdProvider(Optional<String> issuer, Function<String, Uni<Answer>> get, Clock clock) {
    this.discovery =
        issuer.map(String::strip).filter(set -> !set.isEmpty()).map(OpenIdProvider::discovery);
    this.get = get;
    this.clock = clock;
  }

  /** LibreChat accepts the issuer, and also the address of the discovery document. */
  private static String discovery(String issuer) {
    return issuer.contains("/.well-known/") ? issuer : issuer.replaceAll("/+$", "") + WELL_KNOWN;
  }

  /**
   * Returns the provider's keys; fails if no keys are available.
   *
   * @param keyId the key id in the token; null if the token has none
   */
  synchronized Uni<OpenIdKeys> keys(String keyId) {
    Instant now = clock.instant();
    boolean good = known != null && known.fetchedAt().plus(FRESH).isAfter(now) && known.has(keyId);
    boolean tooSoon = !triedAt.equals(Instant.MIN) && triedAt.plus(PAUSE).isAfter(now);
    if (underWay != null && !good) {
      return underWay;
    }
    if (good || (known != null && tooSoon)) {
      return Uni.createFrom().item(known);
    }
    if (tooSoon) {
      return Uni.createFrom()
          .failure(new IllegalStateException("The identity provider could not be reached"));
    }
    triedAt = now;
    underWay = fetch().onTermination().invoke(this::done).memoize().indefinitely();
    return underWay;
  }

  private synchronized void done(OpenIdKeys fetched, Throwable failure, boolean cancelled) {
    underWay = null;
    if (fetched != null) {
      known = fetched;
    }
  }

  private synchronized Optional<OpenIdKeys> stale() {
    return Optional.ofNullable(known)
        .filter(keys -> keys.fetchedAt().plus(STALE).isAfter(clock.instant()));
  }

  private Uni<OpenIdKeys> fetch() {
    String address = discovery.orElseThrow();
    return json(address)
        .flatMap(
            document -> {
              String jwks = text(document, "jwks_uri");
              requireAsSafe(address, jwks);
              return json(jwks).map(keys -> read(document, keys));
            })
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.warnf("Fetching the identity provider's keys failed: %s", failure.getMessage());
              return stale()
                  .map(keys -> Uni.createFrom().item(keys))
                  .orElseGet(() -> Uni.createFrom().failure(failure));
            });
  }

  private Uni<JsonObject> json(String address) {
    return get.apply(address).map(OpenIdProvider::body);
  }

  private static JsonObject body(Answer answer) {
    if (answer.status() != 200) {
      throw new IllegalStateException("The provider responds with status " + answer.status());
    }
    return new JsonObject(answer.body());
  }

  private OpenIdKeys read(JsonObject document, JsonObject keys) {
    JsonArray algorithms = document.getJsonArray("id_token_signing_alg_values_supported");
    try {
      return new OpenIdKeys(
          text(document, "issuer"),
          // The specification requires the member; every provider must support RS256.
          algorithms == null
              ? Set.of("RS256")
              : algorithms.stream().map(String::valueOf).collect(Collectors.toSet()),
          List.copyOf(new JsonWebKeySet(keys.encode()).getJsonWebKeys()),
          clock.instant());
    } catch (JoseException malformed) {
      throw new IllegalStateException("The provider's keys cannot be parsed");
    }
  }

  private static String text(JsonObject document, String name) {
    Object value = document.getValue(name);
    if (value instanceof String text && !text.isBlank()) {
      return text;
    }
    throw new IllegalStateException("The provider's discovery document has no " + name);
  }

  /**
   * Keys over a plain connection could come from an attacker; a redirect is refused for the same
   * reason.
   */
  private static void requireAsSafe(String discovery, String jwks) {
    boolean secure = URI.create(discovery).getScheme().equalsIgnoreCase("https");
    if (secure && !"https".equalsIgnoreCase(URI.create(jwks).getScheme())) {
      throw new IllegalStateException("The provider's jwks_uri is not https");
    }
  }
}
