package chat.switchboard.librechat;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * Checks the token that LibreChat's page sends: LibreChat's own (HS256 over {@code JWT_SECRET}), or
 * the identity provider's (RS, PS or ES). The algorithm in the token's header only says which of
 * the two checks it gets; each check takes the algorithms of its own family alone, so that a public
 * key is never used as a secret.
 */
@Singleton
public class BearerTokens {

  private final AccessTokens ours;
  private final OpenIdTokens providers;

  BearerTokens(AccessTokens ours, OpenIdTokens providers) {
    this.ours = ours;
    this.providers = providers;
  }

  /**
   * Returns the user of this token; empty for every invalid token, whatever the cause; fails if the
   * database or the identity provider cannot be reached.
   */
  public Uni<Optional<StreamUser>> verify(String token) {
    return check(token).orElseGet(() -> Uni.createFrom().item(Optional.empty()));
  }

  /**
   * Checks what needs neither the database nor the identity provider.
   *
   * @return the rest of the check, which begins at its subscription; empty for a token of LibreChat
   *     with a wrong signature or wrong claims
   */
  public Optional<Uni<Optional<StreamUser>>> check(String token) {
    return providers.isOne(token)
        ? Optional.of(Uni.createFrom().deferred(() -> providers.verify(token)))
        : ours.check(token);
  }
}
