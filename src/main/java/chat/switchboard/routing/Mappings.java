package chat.switchboard.routing;

import chat.switchboard.address.Mask;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.address.PhoneIdentities;
import chat.switchboard.address.PhoneIdentity;
import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.routing.MappingStore.Filter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Creates, lists and removes mappings for callers of the API. */
@Singleton
public class Mappings {

  private static final Logger LOG = Logger.getLogger(Mappings.class);

  private final MappingStore store;
  private final MappingFactory factory;
  private final Conversations conversations;
  private final Codes codes;
  private final PhoneIdentities identities;
  private final MeterRegistry meters;

  Mappings(
      MappingStore store,
      MappingFactory factory,
      Conversations conversations,
      Codes codes,
      PhoneIdentities identities,
      MeterRegistry meters) {
    this.store = store;
    this.factory = factory;
    this.identities = identities;
    this.conversations = conversations;
    this.codes = codes;
    this.meters = meters;
  }

  private void count(String what, long times) {
    meters.counter("switchboard.mappings", "what", what).increment((double) times);
  }

  /**
   * A mapping that a caller asks for.
   *
   * @param phoneNumber the person's address
   * @param serviceNumber our number; empty for all of our numbers
   * @param conversationId an existing conversation
   * @param label the name that the conversation's owner sees; empty leaves it as it is
   * @param forwardOwner whether the owner's messages go to the person; empty leaves it as it is
   */
  public record Wanted(
      String phoneNumber,
      Optional<String> serviceNumber,
      UUID conversationId,
      Optional<String> label,
      Optional<Boolean> forwardOwner) {}

  /** A mapping and its new code. */
  public record WithCode(Mapping mapping, Codes.Made code) {}

  /**
   * Maps a person to an existing conversation, makes the mapping the active one and gives it a
   * code. A repetition gives it another code.
   *
   * @return empty if there is no such conversation
   */
  public Uni<Optional<WithCode>> make(Wanted wanted) {
    return make(wanted, UUID.randomUUID().toString());
  }

  /**
   * The same, with a code that is computed from the reason: a repetition with the same reason gives
   * the same code.
   */
  public Uni<Optional<WithCode>> make(Wanted wanted, String reason) {
    return conversations
        .find(wanted.conversationId())
        .flatMap(
            found ->
                found
                    .map(
                        conversation ->
                            store(wanted, conversation).flatMap(id -> renew(id, reason)))
                    .orElseGet(() -> Uni.createFrom().item(Optional.empty())));
  }

  private Uni<String> store(Wanted wanted, Conversation conversation) {
    if (conversation.readOnly()) {
      // Texts for a read-only conversation would go elsewhere, as if it had been deleted.
      throw ProblemException.of(
          409, "This conversation is the thread of a sub-agent, which is read-only in LibreChat");
    }
    return identities
        .of(wanted.phoneNumber())
        .flatMap(person -> store(person, factory.requested(person, wanted, conversation)));
  }

  /** The unique index keeps two mappings of one name apart, but not those of two names. */
  private Uni<String> store(PhoneIdentity person, Mapping mapping) {
    Uni<Optional<Mapping>> known =
        person.names().size() == 1
            ? Uni.createFrom().item(Optional.empty())
            : store.between(person.names(), mapping.serviceNumber, mapping.conversationId);
    return known
        .flatMap(there -> there.isPresent() ? Uni.createFrom().item(false) : store.insert(mapping))
        .invoke(
            created -> {
              if (created) {
                count("create", 1);
                LOG.infof(
                    "The API created mapping %s for %s.", mapping.id, person.address().masked());
              }
            })
        .flatMap(
            created ->
                created ? Uni.createFrom().item(mapping) : store.refresh(person.names(), mapping))
        .map(stored -> stored.id);
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

  /** Whether any mapping has {@code forwardOwner=true}. */
  public Uni<Boolean> anyForwarded() {
    return store.anyForwarded();
  }

  /**
   * Returns the mappings of these conversations whose persons may receive the owner's messages, the
   * last used mapping first.
   *
   * @param byDefault whether a mapping without {@code forwardOwner} is included
   */
  public Uni<List<Mapping>> forwarded(
      Collection<String> conversations, boolean byDefault, int most) {
    return store.forwarded(conversations, byDefault, most);
  }

  /**
   * Notes the name that a person gave on the channel, which is shown where the mapping has no
   * label.
   *
   * @param profileName cleaned and bounded
   */
  public Uni<Void> nameProfile(String phoneNumber, String conversationId, String profileName) {
    return store.nameProfile(PhoneAddress.of(phoneNumber).spellings(), conversationId, profileName);
  }

  /** Returns one mapping. */
  public Uni<Optional<Mapping>> find(String id) {
    return store.get(id);
  }

  /** Returns mappings of this person, of this conversation, or of both, the last used first. */
  public Uni<List<Mapping>> list(
      Optional<String> phoneNumber, Optional<String> conversationId, int offset, int limit) {
    return filter(phoneNumber, conversationId).flatMap(filter -> store.list(filter, offset, limit));
  }

  /** The number of these mappings, at most as {@link BoundedCount} counts. */
  public Uni<Long> count(Optional<String> phoneNumber, Optional<String> conversationId) {
    return filter(phoneNumber, conversationId).flatMap(store::count);
  }

  private Uni<Filter> filter(Optional<String> phoneNumber, Optional<String> conversationId) {
    return phoneNumber
        .map(number -> identities.of(number).map(person -> Optional.of(person.names())))
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .map(names -> new Filter(names, conversationId));
  }

  /** Returns mappings of this person, under each name, to conversations of this user. */
  public Uni<List<Mapping>> ofUser(String phoneNumber, String user, int limit) {
    return identities.of(phoneNumber).flatMap(person -> store.ofUser(person.names(), user, limit));
  }

  /** Whether this person, in each spelling of the number, had a mapping before this moment. */
  public Uni<Boolean> isMapped(String phoneNumber, Date before) {
    return store.isMapped(PhoneAddress.of(phoneNumber).spellings(), before);
  }

  /** Removes a mapping; its code ends with it, and the conversation stays. */
  public Uni<Boolean> remove(String id) {
    return store
        .remove(id)
        .invoke(
            removed -> {
              if (removed) {
                count("remove", 1);
                LOG.infof("The API removed mapping %s.", id);
              }
            });
  }

  /** The numbers of removed mappings and codes of a person. */
  public record Removed(long mappings, long codes) {}

  /** Removes everything of the person with these names. */
  public Uni<Removed> forget(Collection<String> names) {
    return store
        .codesOf(names)
        .flatMap(withCode -> store.removeOf(names).map(removed -> new Removed(removed, withCode)))
        .invoke(
            removed -> {
              count("remove", removed.mappings());
              LOG.infof(
                  "%d mappings of %s removed, as asked for.",
                  removed.mappings(), names.stream().map(Mask::phone).findFirst().orElse("nobody"));
            });
  }
}
