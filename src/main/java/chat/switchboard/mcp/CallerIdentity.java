package chat.switchboard.mcp;

import chat.switchboard.api.ApiKey;
import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.User;
import chat.switchboard.librechat.Users;
import io.smallrye.mutiny.Uni;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Finds the user and the conversation of a tool call by the headers of the request. Only
 * LibreChat's server knows the key, so that its headers are trusted as far as the key permits.
 */
@ApplicationScoped
class CallerIdentity {

  static final String USER = "X-LibreChat-User";
  static final String CONVERSATION = "X-LibreChat-Conversation";

  private static final Pattern OBJECT_ID = Pattern.compile("[0-9a-fA-F]{24}");
  private static final Pattern E_MAIL = Pattern.compile("[^\\s@]{1,64}@[^\\s@]{1,255}");

  private static final String SET_USER =
      "The administrator must set the header "
          + USER
          + " to {{LIBRECHAT_USER_ID}} for this server in librechat.yaml.";

  private final Users users;
  private final Conversations conversations;

  CallerIdentity(Users users, Conversations conversations) {
    this.users = users;
    this.conversations = conversations;
  }

  /**
   * @return fails with a {@link ToolRefusal} if the request has no user whom the key permits, or
   *     names a conversation that is not the user's
   */
  Uni<McpUser> of(RoutingContext request) {
    MultiMap headers = request.request().headers();
    String named = userName(HeaderValue.of(headers.getAll(USER)));
    HeaderValue conversation = HeaderValue.of(headers.getAll(CONVERSATION));
    ApiKey key = ApiKey.of(request);
    return users
        .findOnly(named)
        .flatMap(
            found -> {
              User user = found.orElseThrow(CallerIdentity::unknownUser);
              String id = user.id.toHexString();
              return permitted(key, user)
                  .flatMap(permitted -> conversation(conversation, id))
                  .map(uuid -> new McpUser(id, uuid));
            });
  }

  /** Users of several tenants can have the e-mail address of the key's owner. */
  private Uni<Void> permitted(ApiKey key, User user) {
    return key.owner()
        .map(users::findOnly)
        .orElseGet(() -> Uni.createFrom().item(Optional.of(user)))
        .map(
            owner -> {
              if (owner.filter(only -> only.id.equals(user.id)).isEmpty()) {
                throw new ToolRefusal("The API key of this server is limited to another user.");
              }
              return null;
            });
  }

  private static String userName(HeaderValue value) {
    if (value instanceof HeaderValue.Present present) {
      String name = present.value();
      if (OBJECT_ID.matcher(name).matches() || E_MAIL.matcher(name).matches()) {
        return name;
      }
      throw new ToolRefusal(
          USER + " must be the id of a LibreChat user (24 hexadecimal digits). " + SET_USER);
    }
    if (value instanceof HeaderValue.Placeholder) {
      throw new ToolRefusal(
          "LibreChat sent a placeholder in place of the user in "
              + USER
              + ". Only a chat of a signed-in user can call this tool. "
              + SET_USER);
    }
    if (value instanceof HeaderValue.Malformed) {
      throw new ToolRefusal(USER + " cannot be read. " + SET_USER);
    }
    throw new ToolRefusal("The request names no user. " + SET_USER);
  }

  private static ToolRefusal unknownUser() {
    return new ToolRefusal(
        "LibreChat has no account with this user id, or the account is being deleted. Texts are"
            + " possible for an existing account alone.");
  }

  private Uni<Optional<UUID>> conversation(HeaderValue value, String user) {
    if (value instanceof HeaderValue.Missing || value instanceof HeaderValue.Placeholder) {
      return Uni.createFrom().item(Optional.empty());
    }
    UUID id = uuid(value);
    return conversations
        .find(id)
        .onFailure(ProblemException.class)
        .recoverWithItem(Optional.empty())
        .flatMap(found -> owned(found, id, user));
  }

  private static UUID uuid(HeaderValue value) {
    if (value instanceof HeaderValue.Present present) {
      try {
        UUID id = UUID.fromString(present.value());
        if (id.toString().equalsIgnoreCase(present.value())) {
          return id;
        }
      } catch (IllegalArgumentException malformed) {
        // answered below
      }
    }
    throw new ToolRefusal(
        CONVERSATION
            + " must be the id of a conversation. The administrator must set it to"
            + " {{LIBRECHAT_BODY_CONVERSATIONID}} for this server in librechat.yaml.");
  }

  /** An unknown conversation is new: LibreChat has not saved the conversation yet. */
  private Uni<Optional<UUID>> owned(Optional<Conversation> found, UUID id, String user) {
    if (found.isPresent()) {
      if (!user.equals(found.get().user)) {
        throw new ToolRefusal("This conversation is not one of this user.");
      }
      return Uni.createFrom().item(Optional.of(id));
    }
    return Uni.createFrom().item(Optional.empty());
  }
}
