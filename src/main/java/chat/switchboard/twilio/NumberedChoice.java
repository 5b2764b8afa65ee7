package chat.switchboard.twilio;

import chat.switchboard.address.ServiceNumber;
import chat.switchboard.outbound.RecentTexts;
import chat.switchboard.outbound.SentChoices;
import chat.switchboard.routing.Mapping;
import chat.switchboard.routing.Mappings;
import chat.switchboard.text.Choices;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jboss.logging.Logger;

/**
 * Turns a number that a person texts into the choice with this number: if the number is the
 * person's next text after the choices, within 24 hours, and the person's conversations still
 * include the conversation of the choices and have one owner.
 */
@ApplicationScoped
class NumberedChoice {

  private static final Logger LOG = Logger.getLogger(NumberedChoice.class);

  private static final Duration LONGEST = Duration.ofHours(24);

  private static final int MOST_MAPPINGS = 20;

  private final SentChoices sent;
  private final RecentTexts texts;
  private final Mappings mappings;
  private final Clock clock;

  NumberedChoice(SentChoices sent, RecentTexts texts, Mappings mappings, Clock clock) {
    this.sent = sent;
    this.texts = texts;
    this.mappings = mappings;
    this.clock = clock;
  }

  /** Returns the text with the chosen title, or the text itself. Never fails. */
  Uni<IncomingSms> with(IncomingSms text) {
    OptionalInt number = Choices.number(text.content().text());
    return number.isEmpty() || text.conversationSid().isPresent()
        ? Uni.createFrom().item(text)
        : Enrichment.of(
            text,
            title(text, number.getAsInt()),
            IncomingSms::choosing,
            LOG,
            "The choices of a number were not found");
  }

  private Uni<Optional<String>> title(IncomingSms text, int number) {
    return sent.last(text.from())
        .flatMap(
            found ->
                found
                    .filter(
                        offered ->
                            number >= 1
                                && number <= offered.titles().size()
                                && text.ours().contains(offered.sender())
                                && offered.at().isAfter(clock.instant().minus(LONGEST)))
                    .map(
                        offered ->
                            isOpen(text, offered)
                                .map(
                                    open ->
                                        open
                                            ? Optional.of(offered.titles().get(number - 1))
                                            : Optional.<String>empty()))
                    .orElseGet(() -> Uni.createFrom().item(Optional.empty())));
  }

  private Uni<Boolean> isOpen(IncomingSms text, SentChoices.Offered offered) {
    return texts
        .hasWritten(text.from(), offered.at())
        .flatMap(
            written ->
                written
                    ? Uni.createFrom().item(false)
                    : mappings
                        .list(Optional.of(text.from()), Optional.empty(), 0, MOST_MAPPINGS)
                        .map(
                            found ->
                                found.stream().map(one -> one.user).distinct().count() == 1
                                    && goesTo(text, found)
                                        .filter(offered.conversationId()::equals)
                                        .isPresent()));
  }

  /** Returns the conversation of the person at the number that the text came to. */
  private static Optional<String> goesTo(IncomingSms text, List<Mapping> found) {
    return found.stream()
        .filter(
            one ->
                ServiceNumber.ANY.equals(one.serviceNumber)
                    || text.to().filter(one.serviceNumber::equals).isPresent())
        .max(Comparator.comparing(one -> one.lastUsed))
        .map(one -> one.conversationId);
  }
}
