package chat.switchboard.phones;

import chat.switchboard.address.PhoneIdentities;
import chat.switchboard.address.PhoneIdentity;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.librechat.Users;
import chat.switchboard.routing.OwnPhoneRoutes;
import chat.switchboard.routing.OwnPhoneRoutes.OwnContact;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/** Carries out the text commands of own phones. */
@ApplicationScoped
class PhoneCommands {

  private final OwnPhones phones;
  private final RegisteredPhones registered;
  private final PhoneStore store;
  private final PhoneIdentities identities;
  private final OwnPhoneRoutes routes;
  private final Conversations conversations;
  private final Users users;
  private final PhoneNotices notices;
  private final CommandsConfig config;
  private final Clock clock;

  PhoneCommands(
      OwnPhones phones,
      RegisteredPhones registered,
      PhoneStore store,
      PhoneIdentities identities,
      OwnPhoneRoutes routes,
      Conversations conversations,
      Users users,
      PhoneNotices notices,
      CommandsConfig config,
      Clock clock) {
    this.phones = phones;
    this.registered = registered;
    this.store = store;
    this.identities = identities;
    this.routes = routes;
    this.conversations = conversations;
    this.users = users;
    this.notices = notices;
    this.config = config;
    this.clock = clock;
  }

  /** The result of a text that may be a command. */
  sealed interface Result {

    /** The command is carried out; the answer may be switched off. */
    record Done(Optional<String> answer) implements Result {}

    /** The text is a message: the person is a stranger, or there is no list. */
    record NoCommand() implements Result {}
  }

  /** Carries a command out. A repetition has the same effect. */
  Uni<Result> run(PhoneText text, Command command) {
    return identities
        .of(text.person().text())
        .flatMap(
            person ->
                phones
                    .known(person)
                    .flatMap(
                        found ->
                            found
                                .map(phone -> run(text, command, person, phone))
                                .orElseGet(PhoneCommands::noCommand)));
  }

  private Uni<Result> run(PhoneText text, Command command, PhoneIdentity person, OwnPhone phone) {
    // A stale phone may be unlinked as well: that reveals nothing.
    if (command instanceof Command.Unlink) {
      return unlink(phone);
    }
    return phone.stale()
        ? noCommand()
        : registered
            .of(person, true)
            .flatMap(
                owner ->
                    owner
                        .map(
                            user ->
                                run(
                                    text,
                                    command,
                                    phone,
                                    new OwnContact(
                                        person, text.to(), text.person().channel().source(), user)))
                        .orElseGet(PhoneCommands::noCommand));
  }

  private Uni<Result> run(PhoneText text, Command command, OwnPhone phone, OwnContact contact) {
    if (command instanceof Command.New) {
      String conversation =
          DeterministicIds.uuid("phone new", text.accountSid(), text.messageSid()).toString();
      return routes.begin(contact, conversation).map(begun -> done(notices.newConversation()));
    }
    if (command instanceof Command.ListConversations) {
      return list(phone);
    }
    return command instanceof Command.Choose choose
        ? choose(phone, choose.number(), contact)
        : Uni.createFrom().item(done(notices.help()));
  }

  private Uni<Result> unlink(OwnPhone phone) {
    return users
        .find(phone.userId())
        .flatMap(
            user ->
                phones
                    .unlink(phone.userId(), phone.id())
                    .map(unlinked -> done(notices.unlinked(user))));
  }

  private Uni<Result> list(OwnPhone phone) {
    return conversations
        .newest(phone.userId(), CommandWords.LISTED)
        .call(found -> keep(phone, found))
        .map(found -> done(notices.list(found)));
  }

  private Uni<Void> keep(OwnPhone phone, List<Conversation> found) {
    return store.list(
        phone.id(),
        phone.userId(),
        found.stream().map(conversation -> conversation.conversationId).toList(),
        Date.from(clock.instant().plus(config.listTtl())));
  }

  private Uni<Result> choose(OwnPhone phone, int number, OwnContact contact) {
    return store
        .get(phone.id())
        .map(
            found ->
                found
                    .filter(known -> known.listed != null && number <= known.listed.size())
                    .filter(known -> known.listedUntil.toInstant().isAfter(clock.instant()))
                    .map(known -> known.listed.get(number - 1)))
        .flatMap(
            chosen ->
                chosen
                    .map(conversation -> goOn(contact, conversation))
                    .orElseGet(PhoneCommands::noCommand));
  }

  private Uni<Result> goOn(OwnContact contact, String conversationId) {
    return routes
        .goOn(contact, conversationId)
        .map(found -> done(found.map(notices::chosen).orElseGet(notices::gone)));
  }

  /** Returns the answer to HELP for a person with an own phone. */
  Uni<Optional<String>> help(PhoneText text) {
    return config.enabled()
        ? phones
            .ownerOf(text.person())
            .map(found -> found.flatMap(phone -> notices.help()).filter(said -> !said.isBlank()))
        : Uni.createFrom().item(Optional.empty());
  }

  private static Result done(Optional<String> answer) {
    return new Result.Done(answer);
  }

  private static Uni<Result> noCommand() {
    return Uni.createFrom().item(new Result.NoCommand());
  }
}
