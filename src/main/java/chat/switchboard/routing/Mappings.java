package chat.switchboard.routing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.ne;

import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.phone.Mask;
import chat.switchboard.phone.PhoneAddress;
import chat.switchboard.phone.PhoneIdentities;
import chat.switchboard.phone.PhoneIdentity;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.mongodb.FindOptions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jboss.logging.Logger;

/** Makes, lists and removes mappings by hand. */
@ApplicationScoped
public class Mappings {

  private static final Logger LOG = Logger.getLogger(Mappings.class);

  private final Conversations conversations;
  private final Codes codes;
  private final PhoneIdentities identities;
  private final Clock clock;
  private final MeterRegistry meters;

  Mappings(
      Conversations conversations,
      Codes codes,
      PhoneIdentities identities,
      Clock clock,
      MeterRegistry meters) {
    this.identities = identities;
    this.conversations = conversations;
    this.codes = codes;
    this.clock = clock;
    this.meters = meters;
  }

  private void count(String what, long times) {
    meters.counter("switchboard.mappings", "what", what).increment((double) times);
  }

  /** A mapping and its new code. */
  public record WithCode(Mapping mapping, Codes.Made code) {}

  /**
   * Maps a person to a conversation that is there, makes it their active one and gives it a code.
   * Doing it again gives it another code.
   *
   * @return empty if there is no such conversation
   */
  public Uni<Optional<WithCode>> make(
      String phoneNumber,
      Optional<String> serviceNumber,
      UUID conversationId,
      Optional<String> label,
      Optional<Boolean> forwardOwner) {
    return make(
        phoneNumber,
        serviceNumber,
        conversationId,
        label,
        forwardOwner,
        UUID.randomUUID().toString());
  }

  /**
   * The same, with a code that follows from a reason: doing it again for the same reason gives the
   * same code.
   */
  public Uni<Optional<WithCode>> make(
      String phoneNumber,
      Optional<String> serviceNumber,
      UUID conversationId,
      Optional<String> label,
      Optional<Boolean> forwardOwner,
      String reason) {
    return conversations
        .find(conversationId)
        .invoke(found -> found.ifPresent(Mappings::requireWritable))
        .flatMap(
            found ->
                found
                    .map(
                        conversation ->
                            identities
                                .of(phoneNumber)
                                .flatMap(
                                    person ->
                                        store(
                                            person,
                                            serviceNumber.orElse(Router.ANY_NUMBER),
                                            conversation,
                                            label,
                                            forwardOwner))
                                .flatMap(id -> renew(id, reason)))
                    .orElseGet(() -> Uni.createFrom().item(Optional.empty())));
  }

  /** Texts for a read-only conversation would go elsewhere, as if it had been deleted. */
  private static void requireWritable(Conversation conversation) {
    if (conversation.readOnly()) {
      throw ProblemException.of(
          409, "This conversation is the thread of a sub-agent, which is read-only in LibreChat");
    }
  }

  private Uni<String> store(
      PhoneIdentity person,
      String serviceNumber,
      Conversation conversation,
      Optional<String> label,
      Optional<Boolean> forwardOwner) {
    Mapping mapping = new Mapping();
    mapping.id =
        DeterministicIds.uuid(
                "mapping", person.address().account(), serviceNumber, conversation.conversationId)
            .toString();
    mapping.phoneNumber = person.address().text();
    mapping.serviceNumber = serviceNumber;
    mapping.conversationId = conversation.conversationId;
    mapping.user = conversation.user;
    mapping.opened = true;
    mapping.label = label.orElse(null);
    mapping.forwardOwner = forwardOwner.orElse(null);
    mapping.createdAt = new Date(clock.millis());
    mapping.lastUsed = mapping.createdAt;
    // An index keeps two mappings of one name apart, but not those of two names.
    Uni<Mapping> known =
        person.names().size() == 1
            ? Uni.createFrom().nullItem()
            : Mapping.<Mapping>find(same(person, mapping)).firstResult();
    return known.flatMap(
        there -> there == null ? insert(person, mapping) : refresh(person, mapping));
  }

  private Uni<String> insert(PhoneIdentity person, Mapping mapping) {
    return mapping
        .<Mapping>persist()
        .invoke(
            made -> {
              count("create", 1);
              LOG.infof("The API created mapping %s for %s.", made.id, person.address().masked());
            })
        .map(made -> made.id)
        .onFailure(DuplicateKey::is)
        .recoverWithUni(() -> refresh(person, mapping));
  }

  /** It is there, perhaps under the id of one that the person got as a stranger. */
  private Uni<String> refresh(PhoneIdentity person, Mapping wanted) {
    List<Bson> changes = new ArrayList<>();
    changes.add(Updates.max("lastUsed", wanted.lastUsed));
    if (wanted.label != null) {
      changes.add(Updates.set("label", wanted.label));
    }
    if (wanted.forwardOwner != null) {
      changes.add(Updates.set("forwardOwner", wanted.forwardOwner));
    }
    return Mapping.mongoCollection()
        .updateOne(same(person, wanted), Updates.combine(changes))
        .flatMap(done -> Mapping.<Mapping>find(same(person, wanted)).<Mapping>firstResult())
        .map(there -> there.id);
  }

  private static Bson same(PhoneIdentity person, Mapping mapping) {
    return and(
        in("phoneNumber", person.names()),
        eq("serviceNumber", mapping.serviceNumber),
        eq("conversationId", mapping.conversationId));
  }

  /** Gives a mapping a new code; empty if there is no such mapping. */
  public Uni<Optional<WithCode>> renew(String id) {
    return renew(id, UUID.randomUUID().toString());
  }

  private Uni<Optional<WithCode>> renew(String id, String reason) {
    return find(id)
        .flatMap(
            found ->
                found
                    .map(
                        mapping ->
                            codes
                                .renew(id, reason)
                                .map(made -> Optional.of(new WithCode(mapping, made))))
                    .orElseGet(() -> Uni.createFrom().item(Optional.empty())));
  }

  /** Whether any mapping has {@code forwardOwner=true} of its own. */
  public Uni<Boolean> anyForwarded() {
    return Mapping.<Mapping>find(eq("forwardOwner", true)).firstResult().map(Objects::nonNull);
  }

  /**
   * Returns the mappings of these conversations whose persons may receive the owner's messages, the
   * last used mapping first.
   *
   * @param byDefault whether a mapping without a {@code forwardOwner} of its own is included
   */
  public Uni<List<Mapping>> forwarded(
      Collection<String> conversations, boolean byDefault, int most) {
    return Mapping.<Mapping>find(
            and(
                in("conversationId", conversations),
                byDefault ? ne("forwardOwner", false) : eq("forwardOwner", true)),
            Sorts.descending("lastUsed", "_id"))
        .page(0, most)
        .list();
  }

  /** One mapping. */
  public Uni<Optional<Mapping>> find(String id) {
    return Mapping.<Mapping>findById(id).map(Optional::ofNullable);
  }

  /** Mappings of this person, of this conversation, or of both; those used last come first. */
  public Uni<List<Mapping>> list(
      Optional<String> phoneNumber, Optional<String> conversationId, int offset, int limit) {
    return query(phoneNumber, conversationId)
        .flatMap(
            query ->
                Mapping.<Mapping>find(query, Sorts.descending("lastUsed", "_id"))
                    .range(offset, offset + limit - 1)
                    .list());
  }

  /** Whether this person, however WhatsApp spells the number, was mapped before this moment. */
  public Uni<Boolean> isMapped(String phoneNumber, Date before) {
    List<String> spellings = PhoneAddress.of(phoneNumber).spellings();
    return BoundedCount.any(
        Mapping.mongoCollection(), and(in("phoneNumber", spellings), lt("createdAt", before)));
  }

  /** The number of mappings, at most as {@link BoundedCount} counts. */
  public Uni<Long> count(Optional<String> phoneNumber, Optional<String> conversationId) {
    return query(phoneNumber, conversationId)
        .flatMap(query -> BoundedCount.of(Mapping.mongoCollection(), query));
  }

  private Uni<Document> query(Optional<String> phoneNumber, Optional<String> conversationId) {
    Document query = new Document();
    conversationId.ifPresent(id -> query.append("conversationId", id));
    return phoneNumber
        .map(
            number ->
                identities
                    .of(number)
                    .map(
                        person -> query.append("phoneNumber", new Document("$in", person.names()))))
        .orElseGet(() -> Uni.createFrom().item(query));
  }

  /** Removes one; its code ends with it, the conversation stays. */
  public Uni<Boolean> remove(String id) {
    return Mapping.deleteById(id)
        .invoke(
            removed -> {
              if (removed) {
                count("remove", 1);
                LOG.infof("The API removed mapping %s.", id);
              }
            });
  }

  /** What was removed of a person. */
  public record Removed(long mappings, long codes) {}

  /** Removes everything of the person with these names. */
  public Uni<Removed> forget(Collection<String> names) {
    Bson person = in("phoneNumber", names);
    return codes(person)
        .flatMap(withCode -> Mapping.delete(person).map(removed -> new Removed(removed, withCode)))
        .invoke(
            removed -> {
              count("remove", removed.mappings());
              LOG.infof(
                  "%d mappings of %s removed, as asked for.",
                  removed.mappings(), names.stream().map(Mask::phone).findFirst().orElse("nobody"));
            });
  }

  /**
   * The number of these mappings that have a code. The method reads all mappings, since the caller
   * then removes all of them.
   */
  private static Uni<Long> codes(Bson person) {
    return Mapping.<Mapping>mongoCollection()
        .find(person, new FindOptions().projection(Projections.include("code")))
        .select()
        .where(mapping -> mapping.code != null)
        .collect()
        .with(Collectors.counting());
  }

  /** Removes mappings that nobody used since then. */
  Uni<Long> removeUnusedSince(Instant then) {
    return Mapping.delete(lt("lastUsed", Date.from(then)));
  }

  /** Removes codes that are not good any more. */
  Uni<Long> removeExpiredCodes() {
    return Mapping.mongoCollection()
        .updateMany(
            lt("codeExpiresAt", new Date(clock.millis())),
            Updates.combine(Updates.unset("code"), Updates.unset("codeExpiresAt")))
        .map(done -> done.getModifiedCount());
  }
}
