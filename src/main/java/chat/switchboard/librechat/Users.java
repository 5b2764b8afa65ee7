package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.client.model.Projections;
import io.quarkus.mongodb.FindOptions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;

/** Finds LibreChat's users. */
@ApplicationScoped
public class Users {

  /**
   * @param emailOrId an e-mail address, or the hexadecimal form of {@code users._id}
   * @return the user, unless there is none or LibreChat is deleting it
   */
  public Uni<Optional<User>> find(String emailOrId) {
    String wanted = emailOrId.strip();
    // LibreChat stores e-mail addresses in lower case.
    Bson query =
        ObjectId.isValid(wanted)
            ? eq("_id", new ObjectId(wanted))
            : eq("email", wanted.toLowerCase(Locale.ROOT));
    return User.<User>find(query)
        .firstResult()
        .map(user -> Optional.ofNullable(user).filter(found -> !found.isBeingDeleted()));
  }

  /** Those of these users that are there, and stay. */
  public Uni<Set<String>> present(Collection<String> ids) {
    return User.<User>mongoCollection()
        .find(
            in("_id", ids.stream().map(ObjectId::new).toList()),
            // Not the rest of them: hundreds are read at once, on an event loop.
            new FindOptions().projection(Projections.include("agentTriggerDeletionStartedAt")))
        .filter(user -> !user.isBeingDeleted())
        .map(user -> user.id.toHexString())
        .collect()
        .asSet();
  }
}
