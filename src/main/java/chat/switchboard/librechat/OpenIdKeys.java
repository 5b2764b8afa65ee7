package chat.switchboard.librechat;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;

/**
 * What an identity provider publishes of itself.
 *
 * @param issuer the claim {@code iss} of its tokens; with {@code {tenantid}} in it, one for each
 *     tenant (Microsoft)
 * @param algorithms those of the RS, PS and ES families that it signs with; never a symmetric one
 * @param keys its public keys; never a symmetric one
 * @param fetchedAt when they were fetched
 */
record OpenIdKeys(String issuer, Set<String> algorithms, List<JsonWebKey> keys, Instant fetchedAt) {

  /** A provider has a few keys; more than that are no provider's. */
  static final int MOST_KEYS = 100;

  private static final Set<String> ASYMMETRIC =
      Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

  OpenIdKeys {
    algorithms =
        algorithms.stream()
            .filter(ASYMMETRIC::contains)
            .collect(java.util.stream.Collectors.toUnmodifiableSet());
    // A symmetric key in a public list would let everybody who reads it sign.
    keys = keys.stream().filter(PublicJsonWebKey.class::isInstance).limit(MOST_KEYS).toList();
  }

  /** Whether a token may be signed with this algorithm, by whatever provider. */
  static boolean isAsymmetric(String algorithm) {
    return ASYMMETRIC.contains(algorithm);
  }

  boolean has(String keyId) {
    return keyId == null || keys.stream().anyMatch(key -> keyId.equals(key.getKeyId()));
  }
}
