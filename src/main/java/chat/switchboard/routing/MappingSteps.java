package chat.switchboard.routing;

import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.User;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.routing.Route.Into;
import chat.switchboard.routing.Route.MappingUsed;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;

/** Carries out the decisions of the {@link Router} that write a mapping or open a conversation. */
@Singleton
class MappingSteps {

  private final MappingStore store;
  private final MappingFactory mappings;
  private final Conversations conversations;
  private final ServiceNumberSettings settings;
  private final NoticeTexts notices;
  private final RoutingLog log;
  private final Clock clock;

  MappingSteps(
      MappingStore store,
      MappingFactory mappings,
      Conversations conversations,
      ServiceNumberSettings settings,
      NoticeTexts notices,
      RoutingLog log,
      Clock clock) {
    this.store = store;
    this.mappings = mappings;
    this.conversations = conversations;
    this.settings = settings;
    this.notices = notices;
    this.log = log;
    this.clock = clock;
  }

  /** Links the person to a conversation, by an existing or a new mapping. */
  Uni<Into> link(Contact contact, Conversation conversation) {
    return store
        .between(contact.person().names(), contact.serviceNumber(), conversation.conversationId)
        .flatMap(
            known ->
                known
                    .map(mapping -> touch(mapping, contact).replaceWith(() -> used(mapping, false)))
                    .orElseGet(() -> join(contact, conversation)))
        .call(used -> store.choose(used.id()))
        .invoke(used -> log.linked(contact, used.id()))
        .map(
            used ->
                new Into(conversation, Optional.of(used)).withNotice(notices.linked(conversation)));
  }

  /** Gives the person a further mapping, to an existing conversation. */
  Uni<MappingUsed> join(Contact contact, Conversation conversation) {
    Mapping mapping = mappings.joined(contact, conversation);
    return store
        .insert(mapping)
        .call(inserted -> inserted ? Uni.createFrom().voidItem() : touch(mapping, contact))
        .map(inserted -> used(mapping, inserted));
  }

  /** Follows a mapping to its conversation. */
  Uni<Into> use(Contact contact, Mapping mapping, Conversation conversation) {
    return touch(mapping, contact)
        .replaceWith(() -> into(conversation, mapping, contact, false, Optional.empty()));
  }

  private Uni<Void> touch(Mapping mapping, Contact contact) {
    return contact.isOwnPhoneOf(mapping.user)
        ? store.touchByOwnPhone(
            mapping.id, mapping.phoneNumber, contact.from(), new Date(clock.millis()))
        : store.touch(mapping.id, mapping.phoneNumber, contact.from());
  }

  /**
   * Whether a mapping that was read still exists. The request that made the mapping may still wait
   * for a majority, and make it again with another conversation.
   */
  Uni<Boolean> confirm(Mapping mapping) {
    return store.confirm(mapping);
  }

  /**
   * Opens the conversation that a mapping names.
   *
   * @param created whether this message created the mapping
   */
  Uni<Into> open(Contact contact, Mapping mapping, User owner, boolean created) {
    return conversations
        .open(owner, settings.conversation(UUID.fromString(mapping.conversationId), contact))
        .invoke(() -> FaultPoint.reached("opened"))
        .call(() -> store.markOpened(mapping))
        .map(
            conversation ->
                into(conversation, mapping, contact, created, notices.newConversation()));
  }

  /**
   * Moves a mapping from an archived conversation to the next conversation.
   *
   * @return the mapping to the next conversation; empty if the mapping no longer exists
   */
  Uni<Optional<Mapping>> moveOn(Contact contact, Mapping mapping) {
    log.archived(contact, mapping);
    String next = MappingIds.conversationAfter(mapping.conversationId);
    return MappingIds.isOwn(mapping, contact)
        ? store.repoint(mapping, next, mapping.user)
        : replace(mapping, mappings.successor(mapping, next));
  }

  /**
   * The id of a mapping of a code or of the API follows from its conversation, so that another
   * mapping takes its place. If the process stops in between, the newer mapping is active.
   */
  private Uni<Optional<Mapping>> replace(Mapping old, Mapping successor) {
    return store
        .insert(successor)
        .flatMap(
            inserted ->
                inserted ? Uni.createFrom().item(Optional.of(successor)) : store.get(successor.id))
        .call(() -> store.remove(old.id));
  }

  /**
   * Moves the person's own mapping from a lost conversation to a new conversation.
   *
   * @return the changed mapping; empty if the mapping no longer exists
   */
  Uni<Optional<Mapping>> heal(Mapping lost, User owner) {
    return store.repoint(lost, UUID.randomUUID().toString(), owner.id.toHexString());
  }

  /** Removes the mapping of a code or of the API whose conversation is lost. */
  Uni<Void> drop(Contact contact, Mapping lost) {
    noteLost(contact, lost);
    return store.remove(lost.id).replaceWithVoid();
  }

  void noteLost(Contact contact, Mapping lost) {
    log.lost(contact, lost);
  }

  /**
   * Inserts the mapping of a stranger. Its id follows from the person and the service number, and
   * its conversation is opened afterwards: many first texts at once make one of each, and an
   * attempt after a crash finds the mapping and goes on from there.
   *
   * @return empty if there is a mapping with this id
   */
  Uni<Optional<Mapping>> introduce(Contact contact, User owner, String conversationId) {
    Mapping mapping = mappings.introduced(contact, owner, conversationId);
    return store
        .insert(mapping)
        .map(
            inserted -> {
              if (!inserted) {
                return Optional.empty();
              }
              FaultPoint.reached("mapped");
              log.created(contact, mapping);
              return Optional.of(mapping);
            });
  }

  /** Returns the mapping that this person got as a stranger. */
  Uni<Optional<Mapping>> own(Contact contact) {
    return store.get(MappingIds.own(contact));
  }

  private static Into into(
      Conversation conversation,
      Mapping mapping,
      Contact contact,
      boolean created,
      Optional<String> notice) {
    return new Into(
        conversation,
        Optional.of(used(mapping, created)),
        Optional.empty(),
        Optional.ofNullable(contact.named() ? null : mapping.label),
        notice,
        Optional.empty());
  }

  private static MappingUsed used(Mapping mapping, boolean created) {
    return new MappingUsed(mapping.id, mapping.conversationId, created);
  }
}
