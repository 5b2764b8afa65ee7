package chat.switchboard.librechat;

import chat.switchboard.ops.JwtSecretConfig;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.JWTParser;
import io.smallrye.jwt.auth.principal.ParseException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
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
 * {@code scope}, and the user of the claim {@code id} must exist and not be on the way out.
 */
@ApplicationScoped
public class AccessTokens {

  private static final Logger LOG = Logger.getLogger(AccessTokens.class);

  /** LibreChat's tokens have under 1,000 characters; nothing near this is one. */
  private static final int LONGEST = 8_192;

  /** The last second of the year 9999; a later {@code exp} is no date that LibreChat sets. */
  static final long LATEST = 253_402_300_799L;

  /** How far LibreChat's clock may be ahead of ours. */
  private static final long SKEW_SECONDS = 600;

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final JWTParser parser;
  private final UserExistenceBatch users;
  private final Clock clock;
  private final Optional<JWTAuthContextInfo> expectations;

  AccessTokens(JWTParser parser, UserExistenceBatch users, JwtSecretConfig config, Clock clock) {
    this.parser = parser;
    this.clock = clock;
    this.users = users;
    this.expectations =
        config.jwtSecret().filter(secret -> !secret.isBlank()).map(AccessTokens::expectations);
  }

  private static JWTAuthContextInfo expectations(String secret) {
    JWTAuthContextInfo info = new JWTAuthContextInfo();
    // The secret is a plain string to LibreChat, also where it looks like hexadecimal.
    info.setSecretVerificationKey(
        new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    info.setSignatureAlgorithm(java.util.Set.of(SignatureAlgorithm.HS256));
    // LibreChat's tokens name nobody in sub, upn or preferred_username: the user is in id.
    info.setRequireNamedPrincipal(false);
    // Zero: no limit of our own on a token's lifetime, so that iat is not required either.
    info.setMaxTimeToLiveSecs(0L);
    return info;
  }

  /** Who holds this token; empty for every token that is not good, whatever the cause. */
  public Uni<Optional<StreamUser>> verify(String token) {
    Optional<StreamUser> holder = holder(token);
    if (holder.isEmpty()) {
      return Uni.createFrom().item(Optional.empty());
    }
    return users
        .contains(holder.get().user())
        .map(present -> present ? holder : Optional.<StreamUser>empty());
  }

  /** Nothing of a token, and no message that could quote it, is ever logged. */
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
      // The library throws others for claims of the wrong type; to us it is one more bad token.
      LOG.debugf("Reading a token failed: %s", malformed.getClass().getSimpleName());
    }
    return Optional.empty();
  }

  /** The claims of a token whose signature is right, read by rules of our own. */
  private Optional<StreamUser> claims(String token) throws IOException {
    JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
    JsonNode id = claims.path("id");
    JsonNode expiry = claims.path("exp");
    long now = clock.instant().getEpochSecond();
    boolean good =
        // LibreChat gives tokens for one purpose a scope, and refuses them everywhere else.
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
