package chat.switchboard.librechat;

import chat.switchboard.ops.JwtSecretConfig;
import chat.switchboard.ops.MachineTime;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.JWTParser;
import io.smallrye.jwt.auth.principal.ParseException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;
import org.bson.types.ObjectId;
import org.jboss.logging.Logger;

/**
 * Checks LibreChat's own access tokens: HS256 over {@code JWT_SECRET}, {@code exp} required, no
 * {@code scope}, and the user of the claim {@code id} must exist and not be in deletion.
 */
@Singleton
public class AccessTokens {

  private static final Logger LOG = Logger.getLogger(AccessTokens.class);

  /** LibreChat's tokens have under 1,000 characters; a text near this length is not a token. */
  private static final int LONGEST = 8_192;

  /** The last second of the year 9999; LibreChat never sets a later {@code exp}. */
  static final long LATEST = 253_402_300_799L;

  /** How far LibreChat's clock may be ahead of ours. */
  private static final long SKEW_SECONDS = 600;

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final JWTParser parser;
  private final UserExistenceBatch users;
  private final Clock clock;
  private final Optional<JWTAuthContextInfo> expectations;

  AccessTokens(
      JWTParser parser,
      UserExistenceBatch users,
      JwtSecretConfig config,
      @MachineTime Clock clock) {
    this.parser = parser;
    this.clock = clock;
    this.users = users;
    this.expectations =
        config.jwtSecret().filter(secret -> !secret.isBlank()).map(AccessTokens::expectations);
  }

  private static JWTAuthContextInfo expectations(String secret) {
    JWTAuthContextInfo info = new JWTAuthContextInfo();
    // LibreChat uses the secret as a plain string, even if the secret looks like hexadecimal.
    info.setSecretVerificationKey(
        new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    info.setSignatureAlgorithm(java.util.Set.of(SignatureAlgorithm.HS256));
    // LibreChat's tokens have no sub, upn or preferred_username: the claim id names the user.
    info.setRequireNamedPrincipal(false);
    // Zero sets no limit on a token's lifetime, so that iat is not required.
    info.setMaxTimeToLiveSecs(0L);
    return info;
  }

  /** Returns the user of this token; empty for every invalid token, whatever the cause. */
  public Uni<Optional<StreamUser>> verify(String token) {
    return check(token).orElseGet(() -> Uni.createFrom().item(Optional.empty()));
  }

  /** Checks the signature and the claims; the rest of the check asks whether the user exists. */
  Optional<Uni<Optional<StreamUser>>> check(String token) {
    return holder(token)
        .map(
            holder ->
                Uni.createFrom()
                    .deferred(() -> users.contains(holder.user()))
                    .map(present -> present ? Optional.of(holder) : Optional.empty()));
  }

  /**
   * The log never contains a token, a part of a token, or an exception message that could quote a
   * token.
   */
  private Optional<StreamUser> holder(String token) {
    if (expectations.isEmpty() || token.length() > LONGEST) {
      return Optional.empty();
    }
    try {
      parser.parse(token, expectations.get());
      return claims(token);
    } catch (ParseException | IOException refused) {
      LOG.debug("A token was refused.");
    } catch (RuntimeException | StackOverflowError malformed) {
      // The library throws other exceptions for claims of the wrong type; such a token is invalid
      // too.
      LOG.debugf("Reading a token failed: %s", malformed.getClass().getSimpleName());
    }
    return Optional.empty();
  }

  /** Checks the claims of a token with a valid signature by LibreChat's rules. */
  private Optional<StreamUser> claims(String token) throws IOException {
    JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
    JsonNode id = claims.path("id");
    JsonNode expiry = claims.path("exp");
    long now = clock.instant().getEpochSecond();
    boolean good =
        // LibreChat gives a token for a single purpose a scope, and refuses the token for every
        // other purpose.
        !claims.has("scope")
            && id.isTextual()
            && ObjectId.isValid(id.textValue())
            && isDate(expiry, LATEST)
            && (!claims.has("iat") || isDate(claims.get("iat"), now + SKEW_SECONDS))
            && (!claims.has("nbf") || isDate(claims.get("nbf"), now + SKEW_SECONDS));
    return good
        ? Optional.of(
            new StreamUser(
                new ObjectId(id.textValue()).toHexString(),
                Instant.ofEpochSecond(expiry.longValue())))
        : Optional.empty();
  }

  private static boolean isDate(JsonNode seconds, long latest) {
    return seconds.isIntegralNumber()
        && seconds.canConvertToLong()
        && seconds.longValue() >= 0
        && seconds.longValue() <= latest;
  }
}
