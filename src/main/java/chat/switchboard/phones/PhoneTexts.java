package chat.switchboard.phones;

import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.inbound.Pipeline;
import chat.switchboard.phones.PhoneLinks.Result.Linked;
import chat.switchboard.phones.PhoneLinks.Result.NotLinked;
import chat.switchboard.phones.PhoneTextResult.Handled;
import chat.switchboard.phones.PhoneTextResult.Ordinary;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * Takes the texts that are codes of own phones or commands, before they become messages. Only a
 * text with such a form costs a query. A code of an own phone is looked up before the code of a
 * conversation; no text has the form of both.
 */
@ApplicationScoped
public class PhoneTexts {

  private final PhoneLinks links;
  private final PhoneCommands commands;
  private final CommandWords words;
  private final PhoneNotices notices;
  private final HandledTexts handled;
  private final Pipeline pipeline;

  PhoneTexts(
      PhoneLinks links,
      PhoneCommands commands,
      CommandWords words,
      PhoneNotices notices,
      HandledTexts handled,
      Pipeline pipeline) {
    this.links = links;
    this.commands = commands;
    this.words = words;
    this.notices = notices;
    this.handled = handled;
    this.pipeline = pipeline;
  }

  /** Handles a text, or returns that it is a message for a conversation. */
  public Uni<PhoneTextResult> take(PhoneText text) {
    Optional<String> code = ProofCode.read(text.words());
    Optional<Command> command =
        code.isPresent() || text.inGroup() ? Optional.empty() : words.read(text.words());
    return code.isEmpty() && command.isEmpty()
        ? links
            .spendRevealed(text)
            .map(
                revealed ->
                    new Ordinary(
                        notices.wrongCode().filter(said -> revealed && text.mayBeAnswered())))
        : handled
            .find(text)
            .flatMap(
                before ->
                    before.isPresent()
                        ? Uni.createFrom()
                            .item(new Handled(Optional.ofNullable(before.get().answer)))
                        : isMessage(text)
                            .flatMap(
                                known ->
                                    known
                                        ? ordinary(Optional.empty())
                                        : first(text, code, command)));
  }

  /** A repetition of a text that was a message stays a message. */
  private Uni<Boolean> isMessage(PhoneText text) {
    return pipeline.isKnown(new TwilioMessage(text.accountSid(), text.messageSid()));
  }

  private Uni<PhoneTextResult> first(
      PhoneText text, Optional<String> code, Optional<Command> command) {
    return code.map(given -> link(text, given))
        .orElseGet(
            () ->
                commands
                    .run(text, command.orElseThrow())
                    .flatMap(
                        result ->
                            result instanceof PhoneCommands.Result.Done done
                                ? handled(text, done.answer())
                                : ordinary(Optional.empty())));
  }

  /** Returns the answer to the keyword HELP for a person with an own phone. */
  public Uni<Optional<String>> help(PhoneText text) {
    return commands.help(text);
  }

  private Uni<PhoneTextResult> link(PhoneText text, String code) {
    return links
        .link(text, code)
        .flatMap(
            result ->
                result instanceof Linked linked
                    ? handled(text, notices.linked(linked.user()))
                    : ordinary(notices.wrongCode().filter(said -> ((NotLinked) result).isTold())));
  }

  private Uni<PhoneTextResult> handled(PhoneText text, Optional<String> answer) {
    return handled.keep(text, answer).map(Handled::new);
  }

  private static Uni<PhoneTextResult> ordinary(Optional<String> notice) {
    return Uni.createFrom().item(new Ordinary(notice));
  }
}
