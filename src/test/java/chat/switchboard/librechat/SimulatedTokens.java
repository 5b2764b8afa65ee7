package chat.switchboard.librechat;

import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.Optional;

/** The tokens of the simulation: the id of the user, who must exist. */
public final class SimulatedTokens extends BearerTokens {

  private final UserExistenceBatch users;

  SimulatedTokens(UserExistenceBatch users) {
    super(null, null);
    this.users = users;
  }

  @Override
  public Optional<Uni<Optional<StreamUser>>> check(String token) {
    return Optional.of(
        Uni.createFrom()
            .deferred(() -> users.contains(token))
            .map(
                present ->
                    present
                        ? Optional.of(new StreamUser(token, Instant.parse("2100-01-01T00:00:00Z")))
                        : Optional.empty()));
  }
}
