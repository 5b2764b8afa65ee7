package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;

import com.mongodb.client.model.Sorts;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/** Finds the messages that came from outside. */
@ApplicationScoped
public class ExternalMessages {

  /**
   * The newest first. It reads LibreChat's index on {@code createdAt}, and so the less the later it
   * begins.
   */
  public Uni<List<Message>> since(Instant since, int limit) {
    return Message.<Message>find(
            and(gte("createdAt", Date.from(since)), eq("metadata.role", "external")),
            Sorts.descending("createdAt"))
        .page(0, limit)
        .list();
  }
}
