package chat.switchboard.replies;

import chat.switchboard.librechat.Users;
import chat.switchboard.outbound.OwnerNames;
import chat.switchboard.outbound.PeopleDirectory;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Finds the names of the owners of conversations in LibreChat. */
@ApplicationScoped
class OwnersOfConversations implements OwnerNames {

  private final PeopleDirectory people;
  private final Users users;

  OwnersOfConversations(PeopleDirectory people, Users users) {
    this.people = people;
    this.users = users;
  }

  @Override
  public Uni<Optional<String>> of(String conversationId) {
    return people
        .owner(conversationId)
        .flatMap(
            owner ->
                owner
                    .map(id -> users.find(id).map(found -> found.map(user -> user.name)))
                    .orElseGet(() -> Uni.createFrom().item(Optional.empty())))
        .map(name -> name.filter(text -> !text.isBlank()));
  }
}
