package chat.switchboard.librechat;

import chat.switchboard.ops.SwitchboardConfig;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.JWTParser;
import io.smallrye.jwt.auth.principal.ParseException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;
import org.bson.types.ObjectId;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jboss.logging.Logger;

/**
 * Checks LibreChat's own access tokens: HS256 over {@code JWT_SECRET}, {@code exp} required, and
 * the user of the claim {@code id} must exist and not be on the way out.
 */
@ApplicationScoped
public class AccessTokens {

  private static final Logger LOG = Logger.getLogger(AccessTokens.class);

  /** LibreChat's tokens have under 1,000 characters; nothing near this is one. */
  private static final int LONGEST = 8_192;

  private final JWTParser parser;
  private final PresentUsers users;
  private final Optional<JWTAuthContextInfo> expectations;

  AccessTokens(JWTParser parser, PresentUsers users, SwitchboardConfig config) {
    this.parser = parser;
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
  public Uni<Optional<Listener>> verify(String token) {
    Optional<JsonWebToken> parsed = parse(token);
    Optional<String> id =
        parsed
            .map(jwt -> jwt.getClaim("id"))
            .map(Object::toString)
            .filter(ObjectId::isValid)
            .map(hex -> new ObjectId(hex).toHexString());
    if (id.isEmpty()) {
      return Uni.createFrom().item(Optional.empty());
    }
    Instant expiresAt = Instant.ofEpochSecond(parsed.get().getExpirationTime());
    Listener listener = new Listener(id.get(), expiresAt);
    return users
        .contains(id.get())
        .map(present -> present ? Optional.of(listener) : Optional.empty());
  }

  private Optional<JsonWebToken> parse(String token) {
    if (expectations.isEmpty() || token.length() > LONGEST) {
      return Optional.empty();
    }
    try {
      return Optional.of(parser.parse(token, expectations.get()));
    } catch (ParseException refused) {
      LOG.debugf("A token was refused: %s", refused.getMessage());
      return Optional.empty();
    } catch (RuntimeException malformed) {
      // The library throws others for claims of the wrong type; to us it is one more bad token.
      LOG.debugf("A token could not be read: %s", malformed.getClass().getSimpleName());
      return Optional.empty();
    }
  }
}
