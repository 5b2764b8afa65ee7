package chat.switchboard.twilio;

import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.mongo.DatabaseRetry;
import chat.switchboard.outbound.OptOuts;
import chat.switchboard.routing.NoticesConfig;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Handles opt-out keywords before any other step: a keyword that stops or starts texts is recorded,
 * and Twilio replies to the keyword itself; the keyword is not added to any conversation.
 */
@ApplicationScoped
class OptOutKeywordFilter {

  private final OptOuts optOuts;
  private final Optional<String> help;
  private final Duration patience;

  OptOutKeywordFilter(OptOuts optOuts, DatabaseConfig databaseConfig, NoticesConfig noticesConfig) {
    this.optOuts = optOuts;
    this.help = noticesConfig.help().filter(text -> !text.isBlank());
    this.patience = databaseConfig.timeout();
  }

  /** The result for a text. */
  sealed interface Look {

    /** The text was a keyword and is completely handled. */
    record Settled(Optional<String> answer) implements Look {}

    /**
     * The text is an ordinary message.
     *
     * @param mayBeAnswered false if the sender has opted out or asks to stop
     */
    record Ordinary(boolean mayBeAnswered) implements Look {}
  }

  /** Records the text if the text is a keyword. */
  Uni<Look> look(IncomingSms text) {
    return inTime(look(text, text.from(), text.ours()));
  }

  private Uni<Look> look(IncomingSms text, String person, List<String> ours) {
    Optional<String> sid = Optional.of(text.sid());
    if (text.keyword().isEmpty()) {
      return has(person, ours).map(out -> new Look.Ordinary(!out && !text.asksToStop()));
    }
    return switch (text.keyword().get()) {
      case STOP -> optOuts.add(person, ours, "STOP", sid).replaceWith(nothing());
      case START -> optOuts.lift(person, ours, "START", sid).replaceWith(nothing());
      case HELP -> has(person, ours).map(out -> out ? nothing() : new Look.Settled(help));
      case YES ->
          has(person, ours)
              .flatMap(
                  out ->
                      out
                          ? optOuts.lift(person, ours, "YES", sid).replaceWith(nothing())
                          : Uni.createFrom().item(new Look.Ordinary(true)));
    };
  }

  private Uni<Boolean> has(String person, List<String> ours) {
    return optOuts.has(person, ours.get(0));
  }

  private static Look nothing() {
    return new Look.Settled(Optional.empty());
  }

  private <T> Uni<T> inTime(Uni<T> step) {
    return DatabaseRetry.within(patience, step);
  }
}
