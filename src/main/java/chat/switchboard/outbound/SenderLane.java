package chat.switchboard.outbound;

import chat.switchboard.mongo.Lease;
import chat.switchboard.mongo.LeaseKey;
import chat.switchboard.mongo.LeaseStore;
import chat.switchboard.mongo.Next;
import chat.switchboard.mongo.Round;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Timers;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Sends the texts of one service number, in one replica at a time, so that the rate of the number
 * and the order for each person are kept.
 */
final class SenderLane implements Round {

  private static final Logger LOG = Logger.getLogger(SenderLane.class);

  /** How long the lease is kept for a text that is due soon. */
  private static final Duration SOON = Duration.ofSeconds(2);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

  /** The interval at which a lane checks whether an operator has resumed sending. */
  private static final Duration WHILE_PAUSED = Duration.ofSeconds(2);

  private final String sender;
  private final DueTexts due;
  private final TextSender texts;
  private final SendRate rate;
  private final LeaseStore leases;
  private final Timers timers;
  private volatile boolean stopping;

  SenderLane(
      String sender,
      DueTexts due,
      TextSender texts,
      SendRate rate,
      LeaseStore leases,
      Timers timers) {
    this.sender = sender;
    this.due = due;
    this.texts = texts;
    this.rate = rate;
    this.leases = leases;
    this.timers = timers;
  }

  @Override
  public Optional<Next> insteadOfRound() {
    Duration rest = rate.rest();
    return rest.isZero() ? Optional.empty() : Optional.of(new Next.RetryAfter(rest));
  }

  /**
   * The replica that sends from this number also finds the texts of this process, as long as that
   * replica lives.
   */
  @Override
  public Uni<Boolean> isStillWaiting() {
    return due.hasOpen(sender)
        .invoke(
            open -> {
              if (!open) {
                leases.forget(LeaseKey.sender(sender));
              }
            });
  }

  @Override
  public Uni<Next> run(Lease lease) {
    return texts
        .isPaused()
        .flatMap(
            paused ->
                paused
                    ? Uni.createFrom().item(new Next.RetryAfter(WHILE_PAUSED))
                    : due.find(sender).flatMap(found -> sendAll(found, lease)));
  }

  @Override
  public Next failed(Throwable failure) {
    LOG.warnf("Sending the texts of a number failed and will be retried: %s", Cause.of(failure));
    return new Next.RetryAfter(AFTER_FAILURE);
  }

  @Override
  public void stopping() {
    stopping = true;
  }

  private Uni<Next> sendAll(SendCandidates found, Lease lease) {
    if (found.ready().isEmpty()) {
      return Uni.createFrom().item(found.next().map(SenderLane::until).orElseGet(Next.Idle::new));
    }
    return Multi.createFrom()
        .iterable(found.ready())
        .onItem()
        .transformToUni(entry -> sendInTurn(entry, lease))
        .merge(SendCandidates.SIDE_BY_SIDE)
        .collect()
        .asList()
        .replaceWith(Next.Again.NOW);
  }

  private static Next until(Duration pause) {
    return pause.compareTo(SOON) < 0 ? new Next.Again(pause) : new Next.RetryAfter(pause);
  }

  private Uni<Void> sendInTurn(OutboxEntry entry, Lease lease) {
    return turn(rate.reserve(entry))
        .flatMap(
            now ->
                stopping || lease.mayBeLost() || !rate.rest().isZero()
                    ? Uni.createFrom().voidItem()
                    : texts.send(entry, rate))
        .onFailure()
        .recoverWithUni(
            failure -> {
              // The other texts continue, and the result of each request in progress must be
              // stored.
              LOG.warnf("Sending text %s failed: %s", entry.id, Cause.of(failure));
              return Uni.createFrom().voidItem();
            });
  }

  private Uni<Void> turn(Duration time) {
    return time.isZero()
        ? Uni.createFrom().voidItem()
        : Uni.createFrom()
            .emitter(
                waiting -> {
                  Timers.Timer timer = timers.after(time, () -> waiting.complete(null));
                  waiting.onTermination(timer::cancel);
                });
  }
}
