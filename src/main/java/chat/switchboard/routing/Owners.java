package chat.switchboard.routing;

import chat.switchboard.librechat.User;
import chat.switchboard.librechat.Users;
import chat.switchboard.routing.Route.Reason;
import chat.switchboard.routing.Route.Refused;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.Function;

/** Finds the configured owner of a new conversation. */
@Singleton
class Owners {

  private final Users users;
  private final ServiceNumberSettings settings;

  Owners(Users users, ServiceNumberSettings settings) {
    this.users = users;
    this.settings = settings;
  }

  /** Routes for the owner at the contact's service number; refuses where there is none. */
  Uni<Route> forContact(Contact contact, Function<User, Uni<Route>> then) {
    return forOwner(settings.owner(contact), then);
  }

  /** Routes for this user, by id or e-mail address; refuses where LibreChat has no such user. */
  Uni<Route> forOwner(Optional<String> wanted, Function<User, Uni<Route>> then) {
    return wanted
        .map(users::find)
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .flatMap(
            owner ->
                owner
                    .map(then)
                    .orElseGet(() -> Uni.createFrom().item(new Refused(Reason.NO_OWNER))));
  }
}
