package chat.switchboard.twilio;

import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.ops.Cause;
import chat.switchboard.outbound.SpendGuard;
import chat.switchboard.text.TwimlText;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Asks the spend guard for the notices that answer a webhook: a {@code <Message>} in TwiML costs
 * what every text costs.
 */
@ApplicationScoped
class Notices {

  private static final Logger LOG = Logger.getLogger(Notices.class);

  private final SpendGuard spend;
  private final Duration timeout;

  Notices(SpendGuard spend, DatabaseConfig config) {
    this.spend = spend;
    this.timeout = config.timeout();
  }

  /**
   * Returns the notice, if the spend guard allows its cost. The person's message is already stored,
   * so a failure of the guard only omits the notice.
   *
   * @param text the text that the notice answers
   * @param conversationId the conversation that contains the message; empty if the message is not
   *     stored
   */
  Uni<Optional<String>> allow(IncomingSms text, String notice, Optional<String> conversationId) {
    String to = text.from();
    return spend
        .requestNow(
            new SpendGuard.Wish(
                to,
                Optional.of(text.ours().get(0)).filter(ours -> !ours.isEmpty()),
                conversationId,
                SpendGuard.billed(to, TwimlText.of(notice)),
                SpendGuard.Origin.SERVICE))
        .ifNoItem()
        .after(timeout)
        .fail()
        .map(
            verdict ->
                verdict instanceof SpendGuard.Verdict.Granted
                    ? Optional.of(notice)
                    : Optional.<String>empty())
        .onFailure()
        .recoverWithItem(
            failure -> {
              LOG.warnf("A notice is not sent: %s", Cause.of(failure));
              return Optional.empty();
            });
  }
}
