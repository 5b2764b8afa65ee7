package chat.switchboard.mcp;

import chat.switchboard.address.Channel;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.address.PhoneNumberParser;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.phones.OwnPhone;
import chat.switchboard.phones.OwnPhones;
import chat.switchboard.routing.Mapping;
import chat.switchboard.routing.Mappings;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Finds the people whom a user may text. */
@ApplicationScoped
class Recipients {

  private static final int MOST_MAPPINGS = 100;

  /** The maximum number of a person's conversations that are checked for one that still exists. */
  private static final int MOST_CONVERSATIONS = 5;

  private final Mappings mappings;
  private final Conversations conversations;
  private final OwnPhones phones;
  private final McpConfig config;

  Recipients(Mappings mappings, Conversations conversations, OwnPhones phones, McpConfig config) {
    this.mappings = mappings;
    this.conversations = conversations;
    this.phones = phones;
    this.config = config;
  }

  /**
   * One person, and the conversation in which the answers appear.
   *
   * @param isHere whether that is the conversation of the call
   */
  record Recipient(Person person, UUID conversation, boolean isHere) {}

  /** Returns the people of the conversation, the last used first. */
  Uni<List<Person>> here(McpUser user) {
    UUID conversation = user.requireConversation();
    return mappings
        .list(Optional.empty(), Optional.of(conversation.toString()), 0, MOST_MAPPINGS)
        .map(found -> people(found, user.id()));
  }

  private static List<Person> people(Collection<Mapping> found, String user) {
    Map<String, Person> people = new LinkedHashMap<>();
    found.stream()
        .filter(mapping -> user.equals(mapping.user) && Person.isReachable(mapping))
        .map(mapping -> Person.of(mapping, user))
        .forEach(person -> people.putIfAbsent(person.id(), person));
    return new ArrayList<>(people.values());
  }

  /**
   * Finds the person whom the model names.
   *
   * @param to an id or a name of {@code people_here}, or a phone number
   * @return fails with a {@link ToolRefusal} if there is no such person, or the user may not text
   *     the person
   */
  Uni<Recipient> find(McpUser user, String to) {
    String named = to.strip();
    return hereOrNobody(user)
        .flatMap(
            people -> {
              List<Person> matches = matches(people, named);
              if (matches.size() > 1) {
                throw new ToolRefusal(
                    "Several people here have this name. Use the id that people_here shows.");
              }
              return matches.isEmpty()
                  ? byNumber(user, named)
                  : Uni.createFrom()
                      .item(new Recipient(matches.get(0), user.conversation().orElseThrow(), true));
            });
  }

  /**
   * An id before a name, and a number is never a name: a person who is called like the id or the
   * number of another person gets nothing that is for that person.
   */
  private static List<Person> matches(List<Person> people, String named) {
    List<Person> byId = people.stream().filter(one -> one.id().equals(named)).toList();
    if (!byId.isEmpty()
        || PhoneNumberParser.parse(named).filter(PhoneAddress::isReachable).isPresent()) {
      return byId;
    }
    return people.stream()
        .filter(one -> one.name().filter(named::equalsIgnoreCase).isPresent())
        .toList();
  }

  private Uni<List<Person>> hereOrNobody(McpUser user) {
    return user.conversation().isEmpty() ? Uni.createFrom().item(List.of()) : here(user);
  }

  private Uni<Recipient> byNumber(McpUser user, String typed) {
    PhoneAddress address =
        PhoneNumberParser.parse(typed)
            .filter(PhoneAddress::isReachable)
            .orElseThrow(
                () ->
                    new ToolRefusal(
                        "to names no person: it must be the id or the name of a person as in"
                            + " people_here, or a phone number with its country code and all of its"
                            + " digits, such as +15551234567."));
    return known(user, address)
        .flatMap(
            known ->
                known.isEmpty()
                    ? unknown(user, address)
                    : target(user, Person.of(known.get(0), user.id()), known));
  }

  /**
   * A plain number stands for the person's WhatsApp as well, if that is where the person writes.
   */
  private Uni<List<Mapping>> known(McpUser user, PhoneAddress address) {
    return mappings
        .ofUser(address.text(), user.id(), MOST_CONVERSATIONS)
        .flatMap(
            found ->
                found.isEmpty() && address.channel() == Channel.SMS
                    ? mappings.ofUser(
                        Channel.WHATSAPP.scheme() + address.value(), user.id(), MOST_CONVERSATIONS)
                    : Uni.createFrom().item(found));
  }

  private Uni<Recipient> unknown(McpUser user, PhoneAddress address) {
    return phones
        .of(user.id())
        .flatMap(
            own -> {
              if (!isOwn(address, own) && !config.newNumbers()) {
                throw new ToolRefusal(
                    "This number has neither texted this user nor been mapped to a conversation of"
                        + " this user, and new numbers are not allowed. Only people who are known"
                        + " to the user can be texted: see people_here. If the user wants to text"
                        + " this number, the user must ask an administrator.");
              }
              return target(
                  user, Person.of(address.text(), user.id(), Optional.empty()), List.of());
            });
  }

  private static boolean isOwn(PhoneAddress address, List<OwnPhone> own) {
    return own.stream()
        .anyMatch(
            phone -> !phone.stale() && PhoneAddress.of(phone.phoneNumber()).sameAccount(address));
  }

  /**
   * Returns the people of the conversation whose phone is not this user's own; nobody if the
   * conversation is not known.
   */
  Uni<List<Person>> others(McpUser user) {
    return hereOrNobody(user)
        .flatMap(
            people ->
                people.isEmpty()
                    ? Uni.createFrom().item(people)
                    : phones
                        .of(user.id())
                        .map(
                            own ->
                                people.stream()
                                    .filter(one -> !isOwn(PhoneAddress.of(one.address()), own))
                                    .toList()));
  }

  private Uni<Recipient> target(McpUser user, Person person, List<Mapping> known) {
    if (user.conversation().isPresent()) {
      return Uni.createFrom().item(new Recipient(person, user.conversation().get(), true));
    }
    return Multi.createFrom()
        .iterable(known)
        .onItem()
        .transformToUniAndConcatenate(
            mapping -> conversations.find(mapping.conversationId, user.id()))
        .filter(Optional::isPresent)
        .map(found -> UUID.fromString(found.orElseThrow().conversationId))
        .toUni()
        .map(
            conversation ->
                conversation == null
                    ? new Recipient(person, user.requireConversation(), true)
                    : new Recipient(person, conversation, false));
  }
}
