package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.or;

import com.mongodb.client.model.Projections;
import io.quarkus.mongodb.FindOptions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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

  /**
   * The user whom an identity provider's token names, as LibreChat finds the user: by the subject,
   * else by the provider's own id of the person, else by the e-mail address of an account that the
   * provider made and whose subject is not known yet.
   *
   * @param subject the claim {@code sub}
   * @param issuer the claim {@code iss}; an account of another issuer is another person's
   * @param sourceId the claim {@code oid}
   * @param email the claim {@code email}
   */
  Uni<Optional<User>> findOpenId(
      String subject, String issuer, Optional<String> sourceId, Optional<String> email) {
    Bson sameIssuer = or(eq("openidIssuer", null), in("openidIssuer", spellings(issuer)));
    List<Bson> queries = new ArrayList<>();
    queries.add(and(eq("openidId", subject), sameIssuer));
    sourceId.ifPresent(id -> queries.add(and(eq("idOnTheSource", id), sameIssuer)));
    email.ifPresent(
        address ->
            queries.add(
                and(
                    eq("email", address.toLowerCase(Locale.ROOT)),
                    eq("provider", "openid"),
                    eq("openidId", null),
                    sameIssuer)));
    return first(queries, 0).map(found -> found.filter(user -> !user.isBeingDeleted()));
  }

  private static Uni<Optional<User>> first(List<Bson> queries, int index) {
    return index == queries.size()
        ? Uni.createFrom().item(Optional.empty())
        : User.<User>find(queries.get(index))
            .firstResult()
            .flatMap(
                found ->
                    found == null
                        ? first(queries, index + 1)
                        : Uni.createFrom().item(Optional.of(found)));
  }

  /** LibreChat keeps an issuer without the slash at its end; providers write it either way. */
  private static List<String> spellings(String issuer) {
    String bare = issuer.replaceAll("/+$", "");
    return List.of(bare, bare + "/");
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
