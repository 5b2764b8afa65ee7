package chat.switchboard.librechat;

import chat.switchboard.ops.MachineTime;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.VerificationJwkSelector;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;

/**
 * Checks an identity provider's own tokens, which LibreChat's page sends where it has
 * OPENID_REUSE_TOKENS: signed with a key of the provider's (RS, PS or ES, never HS), valid {@code
 * iss}, {@code aud} and {@code exp}, and the user in {@code users} by {@code openidId} and {@code
 * openidIssuer}, like LibreChat's own search for the user.
 */
@Singleton
class OpenIdTokens {

  private static final Logger LOG = Logger.getLogger(OpenIdTokens.class);

  /**
   * A token with the user's groups is longer than LibreChat's own; all headers have 16 KiB
   * together.
   */
  private static final int LONGEST = 15_000;

  private static final String TENANT = "{tenantid}";

  private final OpenIdProvider provider;
  private final Users users;
  private final Clock clock;
  private final String[] audiences;
  private final boolean enabled;

  OpenIdTokens(
      OpenIdProvider provider, Users users, @MachineTime Clock clock, OpenIdConfig openid) {
    this.provider = provider;
    this.users = users;
    this.clock = clock;
    this.audiences =
        Stream.of(openid.clientId(), openid.audience())
            .flatMap(Optional::stream)
            .map(String::strip)
            .filter(audience -> !audience.isEmpty())
            .toArray(String[]::new);
    this.enabled =
        openid.reuseTokens().orElse(false)
            && audiences.length > 0
            && openid.issuer().filter(issuer -> !issuer.isBlank()).isPresent();
    if (openid.reuseTokens().orElse(false) && !enabled) {
      LOG.warn(
          "OPENID_REUSE_TOKENS is set, but OPENID_ISSUER or OPENID_CLIENT_ID is not: tokens of the"
              + " identity provider are refused.");
    }
  }

  /** Whether the token has the form of a provider's token; does not check the signature. */
  boolean isOne(String token) {
    return enabled && token.length() <= LONGEST && algorithm(token).isPresent();
  }

  /** Returns the user of this token; empty for every invalid token, whatever the cause. */
  Uni<Optional<StreamUser>> verify(String token) {
    JsonWebSignature signature;
    String keyId;
    try {
      signature = signature(token);
      keyId = signature.getKeyIdHeaderValue();
    } catch (JoseException | RuntimeException malformed) {
      return refused("it cannot be parsed");
    }
    return provider.keys(keyId).flatMap(keys -> verify(token, signature, keys));
  }

  private Uni<Optional<StreamUser>> verify(
      String token, JsonWebSignature signature, OpenIdKeys keys) {
    JwtClaims claims;
    Instant expiresAt;
    try {
      JsonWebKey key = new VerificationJwkSelector().select(signature, keys.keys());
      if (key == null) {
        return refused("its key is not the provider's");
      }
      claims =
          new JwtConsumerBuilder()
              .setJwsAlgorithmConstraints(
                  new AlgorithmConstraints(
                      ConstraintType.PERMIT, keys.algorithms().toArray(String[]::new)))
              .setVerificationKey(key.getKey())
              .setExpectedAudience(true, audiences)
              .setRequireExpirationTime()
              .setRequireSubject()
              .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
              .build()
              .processToClaims(token);
      if (!issuer(keys, claims).equals(claims.getIssuer())) {
        return refused("its issuer is another");
      }
      if (claims.getExpirationTime().getValue() > AccessTokens.LATEST) {
        return refused("its exp is no date");
      }
      expiresAt = Instant.ofEpochSecond(claims.getExpirationTime().getValue());
      return users
          .findOpenId(
              claims.getSubject(),
              claims.getIssuer(),
              text(claims, "oid"),
              // An e-mail address that the provider has not verified could belong to another
              // person.
              Boolean.FALSE.equals(claims.getClaimValue("email_verified"))
                  ? Optional.empty()
                  : text(claims, "email"))
          .map(user -> user.map(found -> new StreamUser(found.id.toHexString(), expiresAt)));
    } catch (InvalidJwtException | MalformedClaimException | JoseException invalid) {
      // The library's exception message contains the claims.
      return refused(invalid.getClass().getSimpleName());
    } catch (RuntimeException unreadable) {
      return refused(unreadable.getClass().getSimpleName());
    }
  }

  private static String issuer(OpenIdKeys keys, JwtClaims claims) throws MalformedClaimException {
    if (!keys.issuer().contains(TENANT)) {
      return keys.issuer();
    }
    String tenant = text(claims, "tid").filter(id -> id.matches("[0-9a-fA-F-]{1,64}")).orElse("");
    return keys.issuer().replace(TENANT, tenant);
  }

  private static Optional<String> text(JwtClaims claims, String name) {
    return claims.getClaimValue(name) instanceof String text && !text.isBlank()
        ? Optional.of(text)
        : Optional.empty();
  }

  private static Optional<String> algorithm(String token) {
    try {
      return Optional.ofNullable(signature(token).getAlgorithmHeaderValue())
          .filter(OpenIdKeys::isAsymmetric);
    } catch (JoseException | RuntimeException malformed) {
      return Optional.empty();
    }
  }

  private static JsonWebSignature signature(String token) throws JoseException {
    JsonWebSignature signature = new JsonWebSignature();
    signature.setCompactSerialization(token);
    return signature;
  }

  private static Uni<Optional<StreamUser>> refused(String cause) {
    LOG.debugf("A token of the identity provider was refused: %s", cause);
    return Uni.createFrom().item(Optional.empty());
  }
}
