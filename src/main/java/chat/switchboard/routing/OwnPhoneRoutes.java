package chat.switchboard.routing;

import chat.switchboard.address.PhoneIdentity;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Conversations;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Date;
import java.util.Optional;

/** Leads the texts of an own phone to one of its user's conversations. */
@Singleton
public class OwnPhoneRoutes {

  private final MappingStore store;
  private final MappingFactory factory;
  private final Conversations conversations;
  private final Clock clock;

  OwnPhoneRoutes(
      MappingStore store, MappingFactory factory, Conversations conversations, Clock clock) {
    this.store = store;
    this.factory = factory;
    this.conversations = conversations;
    this.clock = clock;
  }

  /**
   * An own phone and the service number that it texts.
   *
   * @param to the service number, if known
   * @param source the source of the texts, such as {@code sms}
   */
  public record OwnContact(
      PhoneIdentity person, Optional<String> to, String source, PhoneOwner owner) {

    private Contact contact() {
      return new Contact(person.address().text(), to, source).as(person).of(Optional.of(owner));
    }
  }

  /**
   * Leads the next texts to a conversation that the first of them opens. A repeated call changes
   * nothing but the time of the mapping.
   */
  public Uni<Void> begin(OwnContact phone, String conversationId) {
    Contact contact = phone.contact();
    Mapping begun = factory.begun(contact, phone.owner(), conversationId);
    return nextUse(contact)
        .flatMap(
            lastUsed -> {
              begun.lastUsed = lastUsed;
              return store
                  .insert(begun)
                  .flatMap(
                      inserted ->
                          inserted ? Uni.createFrom().voidItem() : touch(begun, contact, lastUsed));
            });
  }

  /**
   * Leads the next texts to this conversation.
   *
   * @return the conversation; empty if the user has no such conversation that takes messages
   */
  public Uni<Optional<Conversation>> goOn(OwnContact phone, String conversationId) {
    return conversations
        .find(conversationId, phone.owner().user())
        .map(found -> found.filter(conversation -> !conversation.readOnly()))
        .call(
            found ->
                found
                    .map(conversation -> lead(phone.contact(), conversation))
                    .orElseGet(() -> Uni.createFrom().voidItem()));
  }

  private Uni<Void> lead(Contact contact, Conversation conversation) {
    return nextUse(contact)
        .flatMap(
            lastUsed ->
                store
                    .between(
                        contact.person().names(),
                        contact.serviceNumber(),
                        conversation.conversationId)
                    .flatMap(
                        known ->
                            known
                                .map(mapping -> touch(mapping, contact, lastUsed))
                                .orElseGet(() -> join(contact, conversation, lastUsed))));
  }

  private Uni<Void> join(Contact contact, Conversation conversation, Date lastUsed) {
    Mapping mapping = factory.joined(contact, conversation);
    mapping.lastUsed = lastUsed;
    return store
        .insert(mapping)
        .flatMap(
            inserted -> inserted ? Uni.createFrom().voidItem() : touch(mapping, contact, lastUsed));
  }

  private Uni<Void> touch(Mapping mapping, Contact contact, Date lastUsed) {
    return store.touchByOwnPhone(mapping.id, mapping.phoneNumber, contact.from(), lastUsed);
  }

  /** A time after each use so far, also of a replica whose clock is ahead. */
  private Uni<Date> nextUse(Contact contact) {
    return store
        .active(contact, contact.person().names())
        .map(
            active ->
                new Date(
                    Math.max(
                        clock.millis(),
                        active.map(mapping -> mapping.lastUsed.getTime() + 1).orElse(0L))));
  }

  /** Returns the conversation that the person's texts have last gone into, if it is this user's. */
  public Uni<Optional<String>> newest(PhoneIdentity person, String user) {
    return store
        .newestOf(person.names(), user)
        .map(found -> found.map(mapping -> mapping.conversationId));
  }

  /**
   * Ends the mappings of a number to a user's conversations, so that neither the number's texts nor
   * the user's words go on between them; the conversations and the threads of groups stay.
   */
  public Uni<Long> end(PhoneIdentity person, String user) {
    return store.removeBetween(person.names(), user);
  }
}
