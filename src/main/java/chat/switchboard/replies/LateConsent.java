package chat.switchboard.replies;

import chat.switchboard.ops.Timers;
import chat.switchboard.outbound.Consent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads the consent of people again if the request for their answer is late: a command that takes
 * seconds between the plan and the request is long enough for a STOP.
 */
@ApplicationScoped
class LateConsent {

  /** Consent that was read longer ago is read again. */
  private static final Duration FRESH = Duration.ofSeconds(2);

  private final Consent consent;
  private final Timers timers;

  LateConsent(Consent consent, Timers timers) {
    this.consent = consent;
    this.timers = timers;
  }

  /**
   * Checks that the recipients of this reply have not opted out.
   *
   * @param readAt the monotonic time at which the last read of the consent began
   * @return the result of the call without a request; empty if the request may be sent now
   */
  Uni<Optional<AgentCallResult>> check(Reply reply, long readAt) {
    if (reply.phones.isEmpty() || isFresh(readAt)) {
      return Uni.createFrom().item(Optional.empty());
    }
    long begun = timers.nanoTime();
    return Multi.createFrom()
        .iterable(reply.phones)
        .map(Recipient::of)
        .onItem()
        .transformToUniAndConcatenate(phone -> consent.mayReceive(phone.to(), phone.from()))
        .collect()
        .asList()
        .map(
            allowed -> {
              if (allowed.contains(false)) {
                // The next plan leaves out who has opted out.
                return Optional.of(new AgentCallResult.Open());
              }
              return isFresh(begun)
                  ? Optional.empty()
                  : Optional.of(
                      new AgentCallResult.Again("The database was too slow to read the opt-outs"));
            });
  }

  private boolean isFresh(long readAt) {
    return timers.nanoTime() - readAt <= FRESH.toNanos();
  }
}
