package chat.switchboard.api;

import chat.switchboard.hooks.ManagedHook;
import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.LibreChatConfig;
import chat.switchboard.librechat.User;
import chat.switchboard.librechat.Users;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.UUID;

/** Finds the LibreChat user who owns the conversations of a hook. */
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
   * conversation or whom the key is limited to.
   *
   * @return fails with a {@link ProblemException}: 400 without an owner, 404 for an unknown user or
   *     for a conversation that the user does not have, 403 for another user than that of the key
   */
  Uni<String> of(HookRequest wanted, RoutingContext request) {
    return limit(request).flatMap(limit -> of(wanted, named(wanted.owner(), limit)));
  }

  private static Optional<String> named(Optional<String> named, Optional<User> limit) {
    if (limit.isPresent() && named.filter(owner -> !isUser(limit.get(), owner)).isPresent()) {
      throw ProblemException.of(403, "The key is limited to the hooks of another user");
    }
    return named.or(() -> limit.map(user -> user.id.toHexString()));
  }

  private Uni<String> of(HookRequest request, Optional<String> named) {
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

  /**
   * Returns the user whose hooks the key of a request is limited to; empty for a key of all users.
   *
   * @return fails with a {@link ProblemException} (403) if LibreChat has no such user
   */
  Uni<Optional<User>> limit(RoutingContext request) {
    Optional<String> owner = ApiKey.of(request).owner();
    return owner.isEmpty()
        ? Uni.createFrom().item(Optional.empty())
        : users
            .findOnly(owner.get())
            .invoke(
                found -> {
                  if (found.isEmpty()) {
                    throw ProblemException.of(403, "LibreChat has no user with the key's owner");
                  }
                });
  }

  /** Whether a hook is one of this user, or of any user for a key without a limit. */
  static boolean isOwn(Optional<User> limit, ManagedHook hook) {
    return limit.isEmpty() || isUser(limit.get(), hook.hook().owner());
  }

  private static boolean isUser(User user, String owner) {
    return owner.equalsIgnoreCase(user.id.toHexString()) || owner.equalsIgnoreCase(user.email);
  }

  private Uni<String> userId(String owner) {
    return users
        .find(owner)
        .map(
            found ->
                found
                    .map(user -> user.id.toHexString())
                    .orElseThrow(
                        () -> ProblemException.of(404, "LibreChat has no user with this owner")));
  }

  private static ProblemException noConversation() {
    return ProblemException.of(404, "The owner has no conversation with this id");
  }
}
