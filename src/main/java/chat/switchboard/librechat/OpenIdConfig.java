package chat.switchboard.librechat;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/**
 * LibreChat's identity provider, for deployments in which LibreChat's page sends the provider's own
 * tokens.
 */
@ConfigMapping(prefix = "switchboard.openid")
public interface OpenIdConfig {

  /**
   * Whether the stream also accepts the identity provider's tokens, as LibreChat does with the same
   * setting. Default: false. Environment: {@code OPENID_REUSE_TOKENS}.
   */
  Optional<Boolean> reuseTokens();

  /**
   * The provider's issuer, or the address of its discovery document. Default: none. Environment:
   * {@code OPENID_ISSUER}.
   */
  Optional<String> issuer();

  /**
   * LibreChat's client id at the provider, which a token's {@code aud} must contain. Default: none.
   * Environment: {@code OPENID_CLIENT_ID}.
   */
  Optional<String> clientId();

  /**
   * Another accepted value of a token's {@code aud}. Default: none. Environment: {@code
   * OPENID_AUDIENCE}.
   */
  Optional<String> audience();
}
