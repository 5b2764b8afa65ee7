package chat.switchboard.replies;

import chat.switchboard.http.FixedWindowLimiter;
import chat.switchboard.outbound.Consent;
import chat.switchboard.outbound.Senders;
import chat.switchboard.phone.Mask;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import org.jboss.logging.Logger;

/** Who is not answered: ourselves, those who opted out, and those who are answered too often. */
@ApplicationScoped
class ReplyPolicy {

  private static final Logger LOG = Logger.getLogger(ReplyPolicy.class);

  private final RepliesConfig config;
  private final Consent consent;
  private final Senders senders;
  private final Replies replies;
  private final MeterRegistry meters;

  /** One log line for each sender in a window is enough. */
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

  /** Those of them who may be answered at all: not our own numbers, nor who opted out. */
  Uni<List<Recipient>> mayBeAnswered(Collection<Recipient> phones) {
    return keep(
        phones,
        phone ->
            senders.isOurs(phone.to())
                ? Uni.createFrom().item(false)
                : consent.mayReceive(phone.to(), phone.from()));
  }

  /**
   * Those of them who were not answered too often lately. The try that is under way is counted and
   * must be in the database: of two at once, each then sees the other.
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
