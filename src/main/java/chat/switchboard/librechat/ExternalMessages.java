package chat.switchboard.librechat;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Finds the messages that came from outside. */
@ApplicationScoped
public class ExternalMessages {

  private final MessageQueries sightings;

  ExternalMessages(MessageQueries sightings) {
    this.sightings = sightings;
  }

  /**
   * Returns the messages from outside that are among the newest 5,000 messages of LibreChat, the
   * newest first. The query reads LibreChat's index on {@code createdAt}: a later beginning reads
   * fewer messages.
   */
  public Uni<List<Message>> since(Instant since, int limit) {
    return sightings
        .newestInjected(since, limit)
        .flatMap(
            newest ->
                sightings
                    .messages(newest)
                    .map(
                        found ->
                            newest.stream().map(found::get).filter(Objects::nonNull).toList()));
  }

  /**
   * Returns the newest messages from outside in a conversation of this user, the newest first.
   *
   * @param user the hexadecimal form of {@code users._id}
   */
  public Uni<List<Message>> of(String conversationId, String user, int limit) {
    return sightings.external(conversationId, user, limit);
  }
}
