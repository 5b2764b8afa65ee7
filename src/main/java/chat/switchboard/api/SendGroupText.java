package chat.switchboard.api;

import chat.switchboard.address.Mask;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.http.ProblemException;
import chat.switchboard.outbound.Outbox;
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
import java.util.function.Function;
import java.util.function.Predicate;

/** Sends one text to each person of a conversation, one after the other. */
@ApplicationScoped
public class SendGroupText {

  /** The largest number of people who are texted. */
  public static final int LARGEST_GROUP = 100;

  private final SendText sendText;
  private final Mappings mappings;

  SendGroupText(SendText sendText, Mappings mappings) {
    this.sendText = sendText;
    this.mappings = mappings;
  }

  /**
   * The result for one person.
   *
   * @param name the person's label, or the number with hidden middle digits
   * @param address the person's whole address
   * @param kept the text; empty if it was refused
   * @param refusal why the text was refused; empty if it was accepted
   */
  public record Texted(
      String name,
      String address,
      Optional<Outbox.Receipt.Kept> kept,
      Optional<ProblemException> refusal) {

    private GroupSmsView.Person view() {
      return kept.map(text -> text.entries().get(0))
          .map(
              entry ->
                  new GroupSmsView.Person(
                      name, entry.id, entry.state.name().toLowerCase(Locale.ROOT), entry.cause))
          .orElseGet(
              () ->
                  new GroupSmsView.Person(
                      name, null, "refused", refusal.orElseThrow().problem().error()));
    }
  }

  /**
   * @param key the caller's key, from which each person's text has its id
   * @return the result for each person; fails with 404 if the conversation has none, with 429 if
   *     the spend guard refuses the text to all of them, and with the problem of a file if the text
   *     was taken for nobody because of the file
   */
  Uni<GroupSmsView> send(UUID conversation, GroupSmsRequest words, Optional<String> key) {
    return send(
            conversation,
            words,
            person -> true,
            person -> Uni.createFrom().item(SmsOrderRequest.id(key, person.phoneNumber)),
            SmsOrderRequest.groupId(key))
        .map(people -> new GroupSmsView(people.stream().map(Texted::view).toList()));
  }

  /**
   * The same, with an id for each person's text.
   *
   * @param who the people who are texted
   * @param ids the id of a person's text: a text with a known id is not sent again
   */
  public Uni<List<Texted>> send(
      UUID conversation,
      GroupSmsRequest words,
      Predicate<Mapping> who,
      Function<Mapping, Uni<String>> ids) {
    return send(conversation, words, who, ids, SmsOrderRequest.groupId(Optional.empty()));
  }

  private Uni<List<Texted>> send(
      UUID conversation,
      GroupSmsRequest words,
      Predicate<Mapping> who,
      Function<Mapping, Uni<String>> ids,
      String filesOf) {
    return mappings
        .list(Optional.empty(), Optional.of(conversation.toString()), 0, LARGEST_GROUP)
        .map(found -> people(found.stream().filter(who).toList()))
        .onItem()
        .transformToMulti(people -> Multi.createFrom().iterable(people))
        .onItem()
        .transformToUniAndConcatenate(
            person ->
                ids.apply(person).flatMap(id -> sendTo(person, id, filesOf, conversation, words)))
        .collect()
        .asList()
        .invoke(SendGroupText::throwIfTakenForNobody);
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

  private static void throwIfTakenForNobody(List<Texted> people) {
    if (people.stream()
        .allMatch(one -> one.refusal().filter(SendGroupText::isForAll).isPresent())) {
      throw people.get(0).refusal().orElseThrow();
    }
  }

  /**
   * Whether the cause is the request, and not the person: the limits of the day, the time of the
   * text, or a file.
   */
  private static boolean isForAll(ProblemException refusal) {
    return refusal.problem().status() == 429
        || refusal.problem().status() == 400
        || SendFiles.isAboutFile(refusal);
  }

  private Uni<Texted> sendTo(
      Mapping person, String id, String filesOf, UUID conversation, GroupSmsRequest words) {
    String name = person.label != null ? person.label : Mask.shown(person.phoneNumber);
    return sendText
        .take(
            new SmsOrderRequest(
                id,
                filesOf,
                person.phoneNumber,
                conversation,
                words.text(),
                words.media(),
                false,
                Optional.empty(),
                words.format(),
                words.time()))
        .map(kept -> new Texted(name, person.phoneNumber, Optional.of(kept), Optional.empty()))
        .onFailure(ProblemException.class)
        .recoverWithItem(
            refusal ->
                new Texted(name, person.phoneNumber, Optional.empty(), Optional.of(refusal)));
  }
}
