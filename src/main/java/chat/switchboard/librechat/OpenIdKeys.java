package chat.switchboard.librechat;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;

/**
 * The published metadata and keys of an identity provider.
 *
 * @param issuer the claim {@code iss} of its tokens; with {@code {tenantid}} in it, one for each
 *     tenant (Microsoft)
 * @param algorithms the provider's signature algorithms of the RS, PS and ES families; never a
 *     symmetric algorithm
 * @param keys the provider's public keys; never a symmetric key
 * @param fetchedAt the time of the fetch
 */
record OpenIdKeys(String issuer, Set<String> algorithms, List<JsonWebKey> keys, Instant fetchedAt) {

  /** A provider has a few keys; a longer list is refused. */
  static final int MOST_KEYS = 100;

  private static final Set<String> ASYMMETRIC =
      Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

  OpenIdKeys {
    algorithms =
        algorithms.stream()
            .filter(ASYMMETRIC::contains)
            .collect(java.util.stream.Collectors.toUnmodifiableSet());
    // With a symmetric key in a public list every reader could sign.
    keys = keys.stream().filter(PublicJsonWebKey.class::isInstance).limit(MOST_KEYS).toList();
  }

  /** Whether a token of any provider may be signed with this algorithm. */
  static boolean isAsymmetric(String algorithm) {
    return ASYMMETRIC.contains(algorithm);
  }

  boolean has(String keyId) {
    return keyId == null || keys.stream().anyMatch(key -> keyId.equals(key.getKeyId()));
  }
}
