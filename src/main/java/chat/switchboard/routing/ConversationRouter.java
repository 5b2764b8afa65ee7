package chat.switchboard.routing;

import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.LibreChatConfig;
import chat.switchboard.librechat.NewConversation;
import chat.switchboard.routing.Route.Into;
import chat.switchboard.routing.Route.MappingUsed;
import chat.switchboard.routing.Route.Reason;
import chat.switchboard.routing.Route.Refused;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;

/** Routes a message whose conversation is known. */
@Singleton
public class ConversationRouter {

  private final Conversations conversations;
  private final Owners owners;
  private final LibreChatConfig config;

  ConversationRouter(Conversations conversations, Owners owners, LibreChatConfig config) {
    this.conversations = conversations;
    this.owners = owners;
    this.config = config;
  }

  /**
   * Routes to the conversation with this id. A missing conversation is opened for the configured
   * owner.
   *
   * @param title the title of a conversation that is opened
   */
  public Uni<Route> route(UUID conversationId, String title) {
    return conversations
        .find(conversationId)
        .flatMap(
            found ->
                found
                    .map(there -> Uni.createFrom().item(to(there, Optional.empty())))
                    .orElseGet(() -> open(conversationId, title)));
  }

  /**
   * Routes to the conversation with this id of this user. A missing conversation is opened for the
   * user.
   *
   * @param owner the LibreChat user, by id or e-mail address
   * @param title the title of a conversation that is opened
   */
  public Uni<Route> route(UUID conversationId, String owner, String title) {
    return owners.forOwner(
        Optional.of(owner),
        user ->
            conversations
                .find(conversationId.toString(), user.id.toHexString())
                .flatMap(
                    found ->
                        found
                            .map(there -> Uni.createFrom().item(there))
                            .orElseGet(
                                () ->
                                    conversations.open(
                                        user, new NewConversation(conversationId, title))))
                .map(there -> to(there, Optional.empty())));
  }

  /**
   * Returns the route to a conversation that an earlier message went to, without a read. The
   * conversation must be read before the write.
   */
  public Optional<Into> remembered(UUID conversationId) {
    return conversations
        .remembered(conversationId)
        .map(conversation -> new Into(conversation, Optional.empty()));
  }

  private Uni<Route> open(UUID conversationId, String title) {
    return config.owner().isEmpty()
        ? Uni.createFrom().item(new Refused(Reason.NO_CONVERSATION))
        : owners.forOwner(
            config.owner(),
            owner ->
                conversations
                    .open(owner, new NewConversation(conversationId, title))
                    .map(opened -> to(opened, Optional.empty())));
  }

  /**
   * Routes to a conversation that an earlier attempt fixed.
   *
   * @param mapping the mapping that led to the conversation
   */
  public Uni<Route> again(String conversationId, String user, Optional<MappingUsed> mapping) {
    return conversations
        .find(conversationId, user)
        .map(
            found ->
                found
                    .map(there -> to(there, mapping))
                    .orElseGet(() -> new Refused(Reason.NO_CONVERSATION)));
  }

  private static Route to(Conversation conversation, Optional<MappingUsed> mapping) {
    return conversation.readOnly()
        ? new Refused(Reason.READ_ONLY)
        : new Into(conversation, mapping);
  }
}
