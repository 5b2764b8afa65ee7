package chat.switchboard.librechat;

import chat.switchboard.mongo.Batchers;
import chat.switchboard.support.FakeTimers;
import io.smallrye.mutiny.Uni;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bson.Document;
import org.bson.types.ObjectId;

/** LibreChat's conversations and users, in memory. */
public class FakeConversations extends Conversations {

  /** Conversations by their id. */
  public final Map<String, Conversation> all = new LinkedHashMap<>();

  /** The titles of the conversations that were opened, by the id, in their order. */
  public final Map<String, String> opened = new LinkedHashMap<>();

  public FakeConversations() {
    super(null, null, null, null, null, new Batchers(new FakeTimers()));
  }

  /** Adds a conversation of this owner. */
  public Conversation add(String id, User owner) {
    Conversation conversation = new Conversation();
    conversation.conversationId = id;
    conversation.user = owner.id.toHexString();
    conversation.title = "Title of " + id;
    all.put(id, conversation);
    return conversation;
  }

  /** Archives the conversation. */
  public void archive(String id) {
    all.get(id).archived = true;
  }

  /** Makes the conversation the thread of a sub-agent. */
  public void makeReadOnly(String id) {
    all.get(id).subagentThread = new Document();
  }

  @Override
  public Uni<Optional<Conversation>> find(UUID conversationId) {
    return Uni.createFrom().item(() -> Optional.ofNullable(all.get(conversationId.toString())));
  }

  @Override
  public Uni<Optional<Conversation>> find(String conversationId, String user) {
    return Uni.createFrom()
        .item(
            () ->
                Optional.ofNullable(all.get(conversationId))
                    .filter(found -> found.user.equals(user)));
  }

  @Override
  public Uni<Conversation> open(User owner, NewConversation wanted) {
    return Uni.createFrom()
        .item(
            () -> {
              String id = wanted.conversationId().toString();
              opened.putIfAbsent(id, wanted.title());
              return all.containsKey(id) ? all.get(id) : add(id, owner);
            });
  }

  /** Users by their id and by their e-mail address. */
  public static class FakeUsers extends Users {

    private final Map<String, User> all = new LinkedHashMap<>();

    /** Adds a user with this e-mail address. */
    public User add(String email) {
      User user = new User();
      user.id = new ObjectId();
      user.email = email;
      all.put(email, user);
      all.put(user.id.toHexString(), user);
      return user;
    }

    /** Deletes the user. */
    public void remove(User user) {
      all.values().remove(user);
      all.remove(user.id.toHexString());
    }

    @Override
    public Uni<Optional<User>> find(String emailOrId) {
      return Uni.createFrom().item(() -> Optional.ofNullable(all.get(emailOrId)));
    }
  }
}
