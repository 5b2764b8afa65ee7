package chat.switchboard.routing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.or;

import chat.switchboard.address.ServiceNumber;
import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.Store;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;

/** Every query and every write of {@code switchboard_mappings}. */
@Store
@Singleton
class MappingStore implements ReactivePanacheMongoRepositoryBase<Mapping, String> {

  private final Clock clock;

  MappingStore(Clock clock) {
    this.clock = clock;
  }

  /** Returns the mapping with this id. */
  Uni<Optional<Mapping>> get(String id) {
    return findById(id).map(Optional::ofNullable);
  }

  /**
   * Inserts a mapping.
   *
   * @return false if there is a mapping with its id, or of its person to its conversation
   */
  Uni<Boolean> insert(Mapping mapping) {
    return persist(mapping).replaceWith(true).onFailure(DuplicateKey::is).recoverWithItem(false);
  }

  /**
   * Returns the mapping that a person's message follows: the last used mapping of one of these
   * names, in the group or at the service number that the message came to.
   */
  Uni<Optional<Mapping>> active(Contact contact, List<String> names) {
    Bson person = names.size() == 1 ? eq("phoneNumber", names.get(0)) : in("phoneNumber", names);
    Bson query =
        contact
            .conversationSid()
            .map(sid -> and(person, eq("conversationSid", sid)))
            .or(
                () ->
                    contact
                        .to()
                        .map(
                            to -> and(person, in("serviceNumber", List.of(to, ServiceNumber.ANY)))))
            .orElse(person);
    return newest(contact.conversationSid().isPresent() ? query : and(query, open(contact)));
  }

  /**
   * Selects the mappings that a person's message may follow. Texts of an own phone go into
   * conversations of its user, and of others only where a code led the person since the proof. All
   * other messages follow no mapping that an own phone used: another person may have the number.
   */
  private static Bson open(Contact contact) {
    Bson shared = ne("ownPhone", true);
    return contact
        .owner()
        .map(owner -> or(eq("user", owner.user()), and(shared, gt("chosenAt", owner.since()))))
        .orElse(shared);
  }

  /** Returns the last used mapping of any member of a Twilio group. */
  Uni<Optional<Mapping>> ofGroup(String conversationSid) {
    return newest(eq("conversationSid", conversationSid));
  }

  private Uni<Optional<Mapping>> newest(Bson query) {
    return find(query, Sorts.descending("lastUsed")).firstResult().map(Optional::ofNullable);
  }

  /** Returns the mapping of a person with these names to a conversation at a service number. */
  Uni<Optional<Mapping>> between(
      Collection<String> names, String serviceNumber, String conversationId) {
    return find(exactly(names, serviceNumber, conversationId))
        .firstResult()
        .map(Optional::ofNullable);
  }

  /** Makes a mapping the active one; the person's texts go to the name that was used last. */
  Uni<Void> touch(String id, String phoneNumber, String from) {
    return use(id, phoneNumber, from, Updates.max("lastUsed", now()));
  }

  /** The same, for a text of an own phone of the mapping's user. */
  Uni<Void> touchByOwnPhone(String id, String phoneNumber, String from, Date lastUsed) {
    return use(
        id,
        phoneNumber,
        from,
        Updates.combine(Updates.max("lastUsed", lastUsed), Updates.set("ownPhone", true)));
  }

  /** Notes that a code led the person to the conversation of a mapping. */
  Uni<Void> choose(String id) {
    return mongoCollection()
        .updateOne(eq("_id", id), Updates.max("chosenAt", now()))
        .replaceWithVoid();
  }

  /** Notes the name that the person gave on the channel. */
  Uni<Void> nameProfile(Collection<String> names, String conversationId, String profileName) {
    return mongoCollection()
        .updateMany(
            and(
                in("phoneNumber", names),
                eq("conversationId", conversationId),
                ne("profileName", profileName)),
            Updates.set("profileName", profileName))
        .replaceWithVoid();
  }

  private Uni<Void> use(String id, String phoneNumber, String from, Bson used) {
    Bson which = eq("_id", id);
    if (from.equals(phoneNumber)) {
      return mongoCollection().updateOne(which, used).replaceWithVoid();
    }
    return mongoCollection()
        .updateOne(which, Updates.combine(used, Updates.set("phoneNumber", from)))
        // The person has a mapping to this conversation under each name.
        .onFailure(DuplicateKey::is)
        .recoverWithUni(() -> mongoCollection().updateOne(which, used))
        .replaceWithVoid();
  }

  /**
   * Updates the mapping of these names to the conversation of a wanted mapping, perhaps under the
   * id of a mapping that the person got as a stranger.
   */
  Uni<Mapping> refresh(Collection<String> names, Mapping wanted) {
    Bson which = exactly(names, wanted.serviceNumber, wanted.conversationId);
    List<Bson> changes = new ArrayList<>();
    changes.add(Updates.max("lastUsed", wanted.lastUsed));
    if (wanted.label != null) {
      changes.add(Updates.set("label", wanted.label));
    }
    if (wanted.forwardOwner != null) {
      changes.add(Updates.set("forwardOwner", wanted.forwardOwner));
    }
    return mongoCollection()
        .updateOne(which, Updates.combine(changes))
        .flatMap(done -> find(which).firstResult());
  }

  /**
   * Leads a mapping to another conversation, which is not opened yet, and removes its code. Of
   * several replicas that do so at once, one changes the mapping, and all get its result.
   *
   * @return empty if the mapping was removed
   */
  Uni<Optional<Mapping>> repoint(Mapping mapping, String conversationId, String user) {
    return mongoCollection()
        .updateOne(
            and(eq("_id", mapping.id), eq("conversationId", mapping.conversationId)),
            Updates.combine(
                Updates.set("conversationId", conversationId),
                Updates.set("user", user),
                Updates.set("opened", false),
                Updates.unset("ownPhone"),
                Updates.unset("chosenAt"),
                Updates.unset("code"),
                Updates.unset("codeExpiresAt")))
        .flatMap(done -> get(mapping.id));
  }

  /**
   * Whether the mapping is still there and leads to the same conversation. The write makes the
   * mapping the active one, and is acknowledged by a majority: a mapping that an old primary alone
   * has, which an election then rolls back, does not count.
   */
  Uni<Boolean> confirm(Mapping mapping) {
    return mongoCollection()
        .updateOne(
            and(eq("_id", mapping.id), eq("conversationId", mapping.conversationId)),
            Updates.max("lastUsed", now()))
        .map(done -> done.getMatchedCount() > 0);
  }

  /** Notes that the conversation of a mapping is opened. */
  Uni<Void> markOpened(Mapping mapping) {
    return mongoCollection()
        .updateOne(
            and(eq("_id", mapping.id), eq("conversationId", mapping.conversationId)),
            Updates.combine(Updates.set("opened", true), Updates.max("lastUsed", now())))
        .replaceWithVoid();
  }

  /** Removes a mapping; its code ends with it. */
  Uni<Boolean> remove(String id) {
    return deleteById(id);
  }

  /**
   * Stores the hash of a new code.
   *
   * @return false if another mapping has this code
   */
  Uni<Boolean> setCode(String id, String hash, Date expiresAt) {
    return mongoCollection()
        .updateOne(
            eq("_id", id),
            Updates.combine(Updates.set("code", hash), Updates.set("codeExpiresAt", expiresAt)))
        .replaceWith(true)
        .onFailure(DuplicateKey::is)
        .recoverWithItem(false);
  }

  /** Returns the mapping with the code of this hash, unless the code has expired. */
  Uni<Optional<Mapping>> withCode(String hash) {
    return find(and(eq("code", hash), gt("codeExpiresAt", now())))
        .firstResult()
        .map(Optional::ofNullable);
  }

  /** Returns mappings to this conversation. */
  Uni<List<Mapping>> ofConversation(String conversationId, int limit) {
    return find(eq("conversationId", conversationId)).page(0, limit).list();
  }

  /** Whether any mapping has {@code forwardOwner=true}. */
  Uni<Boolean> anyForwarded() {
    return find(eq("forwardOwner", true)).firstResult().map(Objects::nonNull);
  }

  /**
   * Returns the mappings to these conversations whose persons may receive the owner's messages, the
   * last used mapping first.
   *
   * @param byDefault whether a mapping without {@code forwardOwner} is included
   */
  Uni<List<Mapping>> forwarded(Collection<String> conversations, boolean byDefault, int most) {
    return find(
            and(
                in("conversationId", conversations),
                byDefault ? ne("forwardOwner", false) : eq("forwardOwner", true)),
            Sorts.descending("lastUsed", "_id"))
        .page(0, most)
        .list();
  }

  /**
   * Filters the list of mappings.
   *
   * @param names the names of a person; empty for every person
   * @param conversationId a conversation; empty for all
   */
  record Filter(Optional<List<String>> names, Optional<String> conversationId) {}

  /** Returns a page of mappings, the last used first. */
  Uni<List<Mapping>> list(Filter filter, int offset, int limit) {
    return find(query(filter), Sorts.descending("lastUsed", "_id"))
        .range(offset, offset + limit - 1)
        .list();
  }

  /** Returns mappings of these names to conversations of this user, the last used first. */
  Uni<List<Mapping>> ofUser(Collection<String> names, String user, int limit) {
    return find(
            and(in("phoneNumber", names), eq("user", user)), Sorts.descending("lastUsed", "_id"))
        .page(0, limit)
        .list();
  }

  /** The number of mappings, at most as {@link BoundedCount} counts. */
  Uni<Long> count(Filter filter) {
    return BoundedCount.of(mongoCollection(), query(filter));
  }

  private static Bson query(Filter filter) {
    Document query = new Document();
    filter.conversationId().ifPresent(id -> query.append("conversationId", id));
    filter.names().ifPresent(names -> query.append("phoneNumber", new Document("$in", names)));
    return query;
  }

  /** Whether a person with these names had a mapping before this moment. */
  Uni<Boolean> isMapped(Collection<String> names, Date before) {
    return BoundedCount.any(
        mongoCollection(), and(in("phoneNumber", names), lt("createdAt", before)));
  }

  /** Removes the mappings of these names to conversations of this user, except those of groups. */
  Uni<Long> removeBetween(Collection<String> names, String user) {
    return delete(and(in("phoneNumber", names), eq("user", user), eq("conversationSid", null)));
  }

  /** Returns the last used mapping of these names to a conversation of this user. */
  Uni<Optional<Mapping>> newestOf(Collection<String> names, String user) {
    return newest(and(in("phoneNumber", names), eq("user", user), eq("conversationSid", null)));
  }

  /** Removes the mappings of these names. */
  Uni<Long> removeOf(Collection<String> names) {
    return delete(in("phoneNumber", names));
  }

  /**
   * The number of mappings of these names that have a code. The method reads all mappings, since
   * the caller then removes all of them.
   */
  Uni<Long> codesOf(Collection<String> names) {
    return mongoCollection()
        .find(in("phoneNumber", names), new FindOptions().projection(Projections.include("code")))
        .select()
        .where(mapping -> mapping.code != null)
        .collect()
        .with(Collectors.counting());
  }

  /** Removes mappings that no message used since this moment. */
  Uni<Long> removeUnusedSince(Instant then) {
    return delete(lt("lastUsed", Date.from(then)));
  }

  /** Removes expired codes; their mappings stay. */
  Uni<Long> removeExpiredCodes() {
    return mongoCollection()
        .updateMany(
            lt("codeExpiresAt", now()),
            Updates.combine(Updates.unset("code"), Updates.unset("codeExpiresAt")))
        .map(done -> done.getModifiedCount());
  }

  private static Bson exactly(
      Collection<String> names, String serviceNumber, String conversationId) {
    return and(
        in("phoneNumber", names),
        eq("serviceNumber", serviceNumber),
        eq("conversationId", conversationId));
  }

  private Date now() {
    return new Date(clock.millis());
  }
}
