package chat.switchboard.twilio;

import chat.switchboard.ops.Cause;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jboss.logging.Logger;

/** Adds to an incoming text what a search finds. A search never fails or holds up the text. */
final class Enrichment {

  /** Twilio waits up to 15 s for the response to a webhook. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private Enrichment() {}

  /**
   * Returns the text with the result; the text itself if the search finds nothing, fails, or takes
   * more than two seconds.
   *
   * @param failed the log line of a failure, such as {@code An answered message was not found}
   */
  static Uni<IncomingSms> of(
      IncomingSms text,
      Uni<Optional<String>> search,
      BiFunction<IncomingSms, String, IncomingSms> with,
      Logger log,
      String failed) {
    return search
        .map(found -> found.map(result -> with.apply(text, result)).orElse(text))
        .ifNoItem()
        .after(PATIENCE)
        .recoverWithItem(text)
        .onFailure()
        .recoverWithItem(
            failure -> {
              log.warnf("%s: %s", failed, Cause.of(failure));
              return text;
            });
  }
}
