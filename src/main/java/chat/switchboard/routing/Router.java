package chat.switchboard.routing;

import chat.switchboard.address.PhoneIdentities;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.User;
import chat.switchboard.routing.CodeAttempts.Attempt;
import chat.switchboard.routing.Route.Into;
import chat.switchboard.routing.Route.Linked;
import chat.switchboard.routing.Route.Reason;
import chat.switchboard.routing.Route.Refused;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds the conversation of a person's message, or opens one. {@link RoutingDecision} decides; this
 * class reads the facts for a decision, and {@link MappingSteps} carries the decision out.
 */
@Singleton
public class Router {

  private final PhoneIdentities identities;
  private final CodeAttempts codes;
  private final Candidates candidates;
  private final MappingSteps steps;
  private final Owners owners;
  private final ServiceNumberSettings settings;
  private final NoticeTexts notices;
  private final PhoneOwners phones;

  Router(
      PhoneIdentities identities,
      CodeAttempts codes,
      Candidates candidates,
      MappingSteps steps,
      Owners owners,
      ServiceNumberSettings settings,
      NoticeTexts notices,
      PhoneOwners phones) {
    this.identities = identities;
    this.codes = codes;
    this.candidates = candidates;
    this.steps = steps;
    this.owners = owners;
    this.settings = settings;
    this.notices = notices;
    this.phones = phones;
  }

  /**
   * Routes to this person's active conversation, or to the conversation of a code. A stranger gets
   * a new conversation where the policy allows it.
   *
   * @param text the text of a person, which may begin with a code; empty for a program's text
   */
  public Uni<Route> route(Contact contact, Optional<String> text) {
    return identities
        .of(contact.from())
        .map(contact::as)
        .flatMap(person -> withOwner(person, text.isPresent()))
        .flatMap(
            person -> {
              Attempt attempt = Attempt.of(person, text);
              CodeState code = codes.before(person, attempt);
              RoutingStep first =
                  RoutingStep.first(
                      person, attempt, code, settings.strangers(person), settings.archived());
              return tell(person, code, next(first).map(route -> answered(person, route)));
            });
  }

  private Uni<Contact> withOwner(Contact contact, boolean isText) {
    return contact.mayBeOwnPhone()
        ? phones.of(contact.person(), isText).map(contact::of)
        : Uni.createFrom().item(contact);
  }

  /** The agent answers texts of an own phone in a conversation of the phone's user. */
  private static Route answered(Contact contact, Route route) {
    return route instanceof Into into && contact.isOwnPhoneOf(into.conversation().user)
        ? into.withReply(contact.owner().orElseThrow().autoReply())
        : route;
  }

  private Uni<Route> next(RoutingStep step) {
    Contact contact = step.contact();
    return switch (step.decision()) {
      case LOOK_UP_CODE -> lookUpCode(step);
      case LOOK_UP_MAPPING ->
          candidates.ofPerson(contact).map(step::withMapping).flatMap(this::next);
      case LOOK_UP_GROUP ->
          candidates
              .ofGroup(contact.conversationSid().orElseThrow())
              .map(step::withGroup)
              .flatMap(this::next);
      case LINK ->
          steps.link(contact, conversation(step.found())).map(into -> linked(into, step.attempt()));
      case USE ->
          steps
              .use(contact, mapping(step.found()), conversation(step.found()))
              .map(Route.class::cast);
      case OPEN -> open(step);
      case MOVE_ON ->
          steps.moveOn(contact, mapping(step.found())).flatMap(moved -> follow(step, moved));
      case HEAL -> heal(step);
      case DROP ->
          steps.drop(contact, mapping(step.found())).flatMap(dropped -> next(step.afresh()));
      case JOIN_GROUP ->
          steps
              .join(contact, conversation(step.group()))
              .map(used -> new Into(conversation(step.group()), Optional.of(used)));
      case MOVE_GROUP_ON -> moveGroupOn(step);
      case INTRODUCE -> owners.forContact(contact, owner -> introduce(step, owner));
      case REFUSE_WRONG_CODE -> refused(new Refused(Reason.WRONG_CODE));
      case REFUSE_TOO_MANY_CODES -> refused(new Refused(Reason.TOO_MANY_CODES));
      case REFUSE_STRANGER ->
          refused(new Refused(Reason.STRANGER, notices.refused(step.facts().strangers())));
    };
  }

  private Uni<Route> lookUpCode(RoutingStep step) {
    Attempt attempt = step.attempt();
    return attempt
        .code()
        .map(candidates::withCode)
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .map(found -> found.filter(candidate -> candidate.state().isWritable()))
        .flatMap(
            found -> {
              CodeState code = codes.after(step.contact(), attempt, found.isPresent());
              return tell(step.contact(), code, next(step.withCode(code, found)));
            });
  }

  /** Adds the notice about a typed code that is wrong or was not looked up. */
  private Uni<Route> tell(Contact contact, CodeState code, Uni<Route> route) {
    return switch (code) {
      case TYPED_WRONG -> route.map(notices::afterWrongCode);
      case TYPED_TOO_OFTEN ->
          route.map(there -> codes.mayBeTold(contact) ? notices.afterTooManyCodes(there) : there);
      case NONE, UNREAD, LIVE, SHOWN_WRONG, SHOWN_TOO_OFTEN -> route;
    };
  }

  /**
   * The text behind a typed code goes into the conversation; a code alone has no text to append.
   */
  private static Route linked(Into into, Attempt attempt) {
    if (attempt.rest().isEmpty()) {
      return into;
    }
    String rest = attempt.rest().get().strip();
    return rest.isEmpty()
        ? new Linked(into.mapping().orElseThrow(), into.notice())
        : into.withText(rest);
  }

  /** If another request has removed the mapping, the person is looked up again. */
  private Uni<Route> follow(RoutingStep step, Optional<Mapping> mapping) {
    return mapping
        .map(there -> candidates.read(there).map(Optional::of).map(step::withMapping))
        .orElseGet(() -> Uni.createFrom().item(step.afresh()))
        .flatMap(this::next);
  }

  /** A mapping whose conversation is not opened may be so new that an election rolls it back. */
  private Uni<Route> open(RoutingStep step) {
    Mapping mapping = mapping(step.found());
    return steps
        .confirm(mapping)
        .flatMap(
            isThere ->
                isThere
                    ? steps
                        .open(step.contact(), mapping, owner(step.found()), false)
                        .map(Route.class::cast)
                    : next(step.afresh()));
  }

  private Uni<Route> heal(RoutingStep step) {
    Contact contact = step.contact();
    Mapping lost = mapping(step.found());
    steps.noteLost(contact, lost);
    return owners.forContact(
        contact,
        owner ->
            steps
                .heal(lost, owner)
                .flatMap(
                    healed ->
                        healed
                            .map(
                                mapping ->
                                    steps
                                        .open(contact, mapping, owner, false)
                                        .map(Route.class::cast))
                            .orElseGet(() -> next(step.afresh()))));
  }

  /** Opens the group's next conversation, which the newcomer then joins like any other. */
  private Uni<Route> moveGroupOn(RoutingStep step) {
    Contact contact = step.contact();
    return steps
        .moveOn(contact, mapping(step.group()))
        .flatMap(
            moved ->
                moved
                    .map(there -> candidates.read(there).flatMap(read -> openFor(contact, read)))
                    .orElseGet(() -> Uni.createFrom().voidItem()))
        .flatMap(opened -> next(step.groupAfresh()));
  }

  private Uni<Void> openFor(Contact contact, Candidate candidate) {
    return candidate.state() == MappingState.UNOPENED
        ? steps
            .open(contact, candidate.mapping(), candidate.owner().orElseThrow(), false)
            .replaceWithVoid()
        : Uni.createFrom().voidItem();
  }

  private Uni<Route> introduce(RoutingStep step, User owner) {
    Contact contact = step.contact();
    return steps
        .introduce(contact, owner, newConversationId(step))
        .flatMap(
            made ->
                made.isPresent()
                    ? steps.open(contact, made.get(), owner, true).map(Route.class::cast)
                    : steps.own(contact).flatMap(mapping -> followOwn(step, owner, mapping)));
  }

  /**
   * The mapping that the number got from its first text may belong to an own phone that another
   * person has now: such a mapping is led to a new conversation.
   */
  private Uni<Route> followOwn(RoutingStep step, User owner, Optional<Mapping> mapping) {
    boolean isOthers =
        mapping
            .filter(known -> Boolean.TRUE.equals(known.ownPhone))
            .filter(known -> !step.contact().isOwnPhoneOf(known.user))
            .isPresent();
    return isOthers
        ? steps.heal(mapping.orElseThrow(), owner).flatMap(healed -> follow(step, healed))
        : follow(step, mapping);
  }

  /**
   * Members of a group who write first at the same time open the same conversation, and so does a
   * member who finds another member's mapping to a conversation that is not opened yet.
   */
  private static String newConversationId(RoutingStep step) {
    if (step.group().isPresent()) {
      Mapping other = step.group().get().mapping();
      return Boolean.TRUE.equals(other.opened)
          ? UUID.randomUUID().toString()
          : other.conversationId;
    }
    return step.contact()
        .conversationSid()
        .map(MappingIds::conversationOfGroup)
        .orElseGet(() -> UUID.randomUUID().toString());
  }

  private static Uni<Route> refused(Refused refused) {
    return Uni.createFrom().item(refused);
  }

  private static Mapping mapping(Optional<Candidate> candidate) {
    return candidate.orElseThrow().mapping();
  }

  private static Conversation conversation(Optional<Candidate> candidate) {
    return candidate.flatMap(Candidate::conversation).orElseThrow();
  }

  private static User owner(Optional<Candidate> candidate) {
    return candidate.flatMap(Candidate::owner).orElseThrow();
  }
}
