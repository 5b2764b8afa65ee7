package chat.switchboard.mongo;

import static com.mongodb.client.model.Filters.eq;

import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.UUID;

/**
 * Finds out whether the process talks to the current primary. After an election a process may read
 * from the old primary for some seconds, and not find what another process has just stored.
 */
@Store
@Singleton
public class CurrentPrimary {

  /** No lease has this name. */
  private static final String ID = "primary";

  /**
   * Completes if the server is the primary: a majority never acknowledges a write of an old
   * primary. Later reads of the process find all that was acknowledged before.
   */
  public Uni<Void> confirm() {
    return LeaseRecord.<LeaseRecord>mongoCollection()
        .updateOne(
            eq("_id", ID),
            // A write that changes nothing proves nothing.
            Updates.set("token", UUID.randomUUID().toString()),
            new UpdateOptions().upsert(true))
        .onFailure(DuplicateKey::is)
        .retry()
        .atMost(1)
        .replaceWithVoid();
  }
}
