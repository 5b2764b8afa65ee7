package chat.switchboard.twilio;

import chat.switchboard.address.Channel;
import chat.switchboard.address.Mask;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.http.BoundedExchange;
import chat.switchboard.ops.Cause;
import chat.switchboard.outbound.TypingIndicator;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Shows WhatsApp's typing indicator, which also marks the text as read (<a
 * href="https://www.twilio.com/docs/whatsapp/api/typing-indicators-resource">Twilio's
 * description</a>). One request without retries: the indicator is gone after 25 s.
 */
@ApplicationScoped
class TwilioTyping implements TypingIndicator {

  private static final Logger LOG = Logger.getLogger(TwilioTyping.class);

  private static final String PATH = "/v2/Indicators/Typing.json";

  /** The forms of SIDs that Twilio accepts. */
  private static final Pattern SID = Pattern.compile("(SM|MM)[0-9a-fA-F]{32}");

  private final TypingConfig config;
  private final TwilioPost twilio;
  private final MeterRegistry meters;

  TwilioTyping(TypingConfig config, TwilioPost twilio, MeterRegistry meters) {
    this.config = config;
    this.twilio = twilio;
    this.meters = meters;
  }

  @Override
  public void show(String person, String sid) {
    boolean isWanted =
        config.typing()
            && PhoneAddress.of(person).channel() == Channel.WHATSAPP
            && SID.matcher(sid).matches();
    if (!isWanted) {
      return;
    }
    Optional<Uni<BoundedExchange.Answer>> request =
        twilio.send(
            "messaging",
            PATH,
            "application/x-www-form-urlencoded",
            "messageId=" + sid + "&channel=whatsapp");
    request.ifPresent(
        sending ->
            sending
                .subscribe()
                .with(
                    answer -> answered(person, answer.status()),
                    failure -> failed(person, failure)));
  }

  private void answered(String person, int status) {
    boolean isShown = status / 100 == 2;
    count(isShown ? "shown" : "refused");
    if (!isShown) {
      LOG.debugf("Twilio refused the typing indicator for %s: HTTP %d", Mask.shown(person), status);
    }
  }

  private void failed(String person, Throwable failure) {
    count("failed");
    LOG.debugf("The typing indicator for %s failed: %s", Mask.shown(person), Cause.of(failure));
  }

  private void count(String outcome) {
    meters.counter("switchboard.typing", "outcome", outcome).increment();
  }
}
