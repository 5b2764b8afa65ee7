package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.LibreChatConfig;
import chat.switchboard.librechat.Users;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.UUID;

/** Finds the LibreChat user whom a hook writes for. */
@ApplicationScoped
class HookOwner {

  private final Users users;
  private final Conversations conversations;
  private final LibreChatConfig config;

  HookOwner(Users users, Conversations conversations, LibreChatConfig config) {
    this.users = users;
    this.conversations = conversations;
    this.config = config;
  }

  /**
   * Returns the owner as the request names the user, or the id of the user who owns the
   * conversation.
   *
   * @return fails with a {@link ProblemException}: 400 for an unknown user, 404 for a conversation
   *     that the user does not have
   */
  Uni<String> of(HookRequest request) {
    Optional<String> named = request.owner();
    if (request.conversationId().isEmpty()) {
      String owner =
          named
              .or(() -> config.owner().map(String::strip).filter(set -> !set.isEmpty()))
              .orElseThrow(() -> ProblemException.of(400, "owner is required"));
      return userId(owner).replaceWith(owner);
    }
    UUID conversation = UUID.fromString(request.conversationId().get());
    return named.isPresent()
        ? userId(named.get())
            .flatMap(user -> conversations.find(conversation.toString(), user))
            .map(found -> found.map(one -> named.get()).orElseThrow(HookOwner::noConversation))
        : conversations
            .find(conversation)
            .map(found -> found.map(one -> one.user).orElseThrow(HookOwner::noConversation));
  }

  private Uni<String> userId(String owner) {
    return users
        .find(owner)
        .map(
            found ->
                found
                    .map(user -> user.id.toHexString())
                    .orElseThrow(
                        () -> ProblemException.of(400, "LibreChat has no user with this owner")));
  }

  private static ProblemException noConversation() {
    return ProblemException.of(404, "The owner has no conversation with this id");
  }
}
