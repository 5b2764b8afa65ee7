package chat.switchboard.librechat;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.bson.types.ObjectId;

/** Finds the messages that came from outside. */
@Singleton
public class ExternalMessages {

  private final MessageQueries queries;

  ExternalMessages(MessageQueries queries) {
    this.queries = queries;
  }

  /**
   * Returns the messages from outside that are among the newest 5,000 messages of LibreChat, the
   * newest first. The query reads LibreChat's index on {@code createdAt}: a later beginning reads
   * fewer messages.
   */
  public Uni<List<Message>> since(Instant since, int limit) {
    return read(queries.newestInjected(since, limit));
  }

  /**
   * Returns the messages from outside that are among the newest 5,000 messages of a conversation of
   * this user, the newest first.
   *
   * @param user the hexadecimal form of {@code users._id}
   */
  public Uni<List<Message>> of(String conversationId, String user, int limit) {
    return read(queries.newestInjected(conversationId, user, limit));
  }

  private Uni<List<Message>> read(Uni<List<ObjectId>> ids) {
    return ids.flatMap(
        newest ->
            queries
                .messages(newest)
                .map(found -> newest.stream().map(found::get).filter(Objects::nonNull).toList()));
  }
}
