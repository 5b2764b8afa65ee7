package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.or;

import com.mongodb.client.model.Projections;
import io.quarkus.mongodb.FindOptions;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;

/** Finds LibreChat's users. */
@Singleton
public class Users {

  /**
   * @param emailOrId an e-mail address, or the hexadecimal form of {@code users._id}
   * @return the user; empty if LibreChat has no such user or is deleting the user
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
   * The same, where a wrong user would do harm: empty as well if several users have the e-mail
   * address, as users of several tenants can.
   */
  public Uni<Optional<User>> findOnly(String emailOrId) {
    String wanted = emailOrId.strip();
    if (ObjectId.isValid(wanted)) {
      return find(wanted);
    }
    return User.<User>find(eq("email", wanted.toLowerCase(Locale.ROOT)))
        .page(0, 2)
        .list()
        .map(
            found ->
                found.size() == 1
                    ? Optional.of(found.get(0)).filter(user -> !user.isBeingDeleted())
                    : Optional.empty());
  }

  /**
   * Returns the user of an identity provider's token by LibreChat's own rules: by the subject, else
   * by the provider's own id of the person, else by the e-mail address of an account that the
   * provider created and whose subject is not known yet.
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

  /**
   * LibreChat stores an issuer without the trailing slash; providers write the issuer with or
   * without.
   */
  private static List<String> spellings(String issuer) {
    String bare = issuer.replaceAll("/+$", "");
    return List.of(bare, bare + "/");
  }

  /** Returns those of these users that exist and are not being deleted. */
  public Uni<Set<String>> present(Collection<String> ids) {
    return User.<User>mongoCollection()
        .find(
            in("_id", ids.stream().map(ObjectId::new).toList()),
            // Only the needed fields: an event loop reads hundreds of these documents at once.
            new FindOptions().projection(Projections.include("agentTriggerDeletionStartedAt")))
        .filter(user -> !user.isBeingDeleted())
        .map(user -> user.id.toHexString())
        .collect()
        .asSet();
  }
}
