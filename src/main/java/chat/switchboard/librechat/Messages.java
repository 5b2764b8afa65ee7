package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import chat.switchboard.mongo.Store;
import com.mongodb.client.model.Sorts;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Finds messages in LibreChat's {@code messages} by their {@code messageId}. */
@Store
@Singleton
public class Messages {

  /** Returns this user's message with this id; empty if LibreChat has no such message. */
  public Uni<Optional<Message>> find(String messageId, String user) {
    return Message.<Message>find(and(eq("messageId", messageId), eq("user", user)))
        .firstResult()
        .map(Optional::ofNullable);
  }

  /** Returns those of this user's messages that have one of these ids, the oldest first. */
  public Uni<List<Message>> find(Collection<String> messageIds, String user, int limit) {
    return Message.<Message>find(
            and(in("messageId", messageIds), eq("user", user)), Sorts.ascending("createdAt"))
        .page(0, limit)
        .list();
  }

  /** Whether any user has a message with this id. */
  public Uni<Boolean> exists(String messageId) {
    return Message.count(eq("messageId", messageId)).map(found -> found > 0);
  }
}
