package chat.switchboard.api;

import chat.switchboard.address.Mask;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.http.ProblemException;
import chat.switchboard.routing.Mapping;
import chat.switchboard.routing.Mappings;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Sends one text to each person of a conversation, one after the other. */
@ApplicationScoped
class SendGroupText {

  private static final int LARGEST_GROUP = 100;

  private final SendText sendText;
  private final Mappings mappings;

  SendGroupText(SendText sendText, Mappings mappings) {
    this.sendText = sendText;
    this.mappings = mappings;
  }

  /**
   * @param key the caller's key, from which each person's text has its id
   * @return the result for each person; fails with 404 if the conversation has none, and with 429
   *     if the spend guard refuses the text to all of them
   */
  Uni<GroupSmsView> send(UUID conversation, GroupSmsRequest words, Optional<String> key) {
    return mappings
        .list(Optional.empty(), Optional.of(conversation.toString()), 0, LARGEST_GROUP)
        .map(SendGroupText::people)
        .onItem()
        .transformToMulti(people -> Multi.createFrom().iterable(people))
        .onItem()
        .transformToUniAndConcatenate(person -> sendTo(person, conversation, words, key))
        .collect()
        .asList()
        .invoke(SendGroupText::throwIfNobodyMayBeTexted)
        .map(people -> new GroupSmsView(people.stream().map(Sent::person).toList()));
  }

  private static Collection<Mapping> people(List<Mapping> found) {
    Map<String, Mapping> people = new LinkedHashMap<>();
    found.forEach(
        mapping -> people.putIfAbsent(PhoneAddress.of(mapping.phoneNumber).account(), mapping));
    if (people.isEmpty()) {
      throw ProblemException.of(404, "No person is mapped to a conversation with this id");
    }
    return people.values();
  }

  /**
   * The result for one person.
   *
   * @param refusal why the text was not taken; null if it was
   */
  private record Sent(GroupSmsView.Person person, ProblemException refusal) {}

  private static void throwIfNobodyMayBeTexted(List<Sent> people) {
    boolean isRefused =
        people.stream().allMatch(one -> one.refusal() != null && isOfAll(one.refusal()));
    if (isRefused) {
      throw people.get(0).refusal();
    }
  }

  /** Whether the refusal is about the limits of the day, or about the time of the text. */
  private static boolean isOfAll(ProblemException refusal) {
    return refusal.problem().status() == 429 || refusal.problem().status() == 400;
  }

  private Uni<Sent> sendTo(
      Mapping person, UUID conversation, GroupSmsRequest words, Optional<String> key) {
    String name = person.label != null ? person.label : Mask.shown(person.phoneNumber);
    return sendText
        .take(
            new SmsOrderRequest(
                SmsOrderRequest.id(key, person.phoneNumber),
                person.phoneNumber,
                conversation,
                words.text(),
                List.of(),
                false,
                Optional.empty(),
                words.format(),
                words.time()))
        .map(kept -> kept.entries().get(0))
        .map(
            entry ->
                new Sent(
                    new GroupSmsView.Person(
                        name, entry.id, entry.state.name().toLowerCase(Locale.ROOT), entry.cause),
                    null))
        .onFailure(ProblemException.class)
        .recoverWithItem(
            refusal ->
                new Sent(
                    new GroupSmsView.Person(name, null, "refused", refusal.problem().error()),
                    refusal));
  }
}
