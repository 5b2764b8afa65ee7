package chat.switchboard.replies;

import chat.switchboard.address.Mask;
import chat.switchboard.http.FixedWindowLimiter;
import chat.switchboard.outbound.Consent;
import chat.switchboard.outbound.Senders;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Decides which senders get no answer: service numbers, people who have opted out, and senders who
 * got too many answers.
 */
@ApplicationScoped
class ReplyPolicy {

  private static final Logger LOG = Logger.getLogger(ReplyPolicy.class);

  private final RepliesConfig config;
  private final Consent consent;
  private final Senders senders;
  private final Replies replies;
  private final MeterRegistry meters;

  /** At most one log line for each sender in a window. */
  private final FixedWindowLimiter told;

  ReplyPolicy(
      RepliesConfig config,
      Consent consent,
      Senders senders,
      Replies replies,
      Clock clock,
      MeterRegistry meters) {
    this.config = config;
    this.consent = consent;
    this.senders = senders;
    this.replies = replies;
    this.meters = meters;
    this.told = new FixedWindowLimiter(1, config.perSenderWindow(), clock);
  }

  /**
   * Returns the recipients who may get an answer: no service number and no person who has opted
   * out.
   */
  Uni<List<Recipient>> mayBeAnswered(Collection<Recipient> phones) {
    return keep(
        phones,
        phone ->
            senders.isOurs(phone.to())
                ? Uni.createFrom().item(false)
                : consent.mayReceive(phone.to(), phone.from()));
  }

  /**
   * Returns the recipients who did not get too many answers lately. The current try counts and must
   * already be in the database: so each of two concurrent tries sees the other.
   */
  Uni<List<Recipient>> notTooOften(Collection<Recipient> phones) {
    return keep(
        phones,
        phone ->
            replies
                .wasAskedMoreThan(config.perSender(), phone.to())
                .map(over -> !over)
                .invoke(
                    within -> {
                      if (!within) {
                        tell(phone);
                      }
                    }));
  }

  private void tell(Recipient phone) {
    meters.counter("switchboard.replies.limited").increment();
    if (told.allows(phone.account())) {
      LOG.warnf(
          "%s has received %d automatic answers within %s; further texts are stored "
              + "without an answer.",
          Mask.phone(phone.to()), config.perSender(), config.perSenderWindow());
    }
  }

  private interface Check {
    Uni<Boolean> of(Recipient phone);
  }

  private static Uni<List<Recipient>> keep(Collection<Recipient> phones, Check check) {
    return Multi.createFrom().iterable(phones).select().when(check::of).collect().asList();
  }
}
