package chat.switchboard.outbound;

import chat.switchboard.mongo.Lease;
import chat.switchboard.mongo.Leases.Renewal;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.FaultPoint;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * The way out from one of our numbers: one replica at a time, by a lease, so that the number's pace
 * and each person's order are kept. One round runs at a time. A text that is found in the hands of
 * somebody else is in those of a process that died or lost the lease; whether it went is not known,
 * and it is not sent again.
 */
final class SenderLane {

  private static final Logger LOG = Logger.getLogger(SenderLane.class);

  /** Few: the pace is one segment a second, and all of them are in doubt if the process dies. */
  private static final int SIDE_BY_SIDE = 4;

  /** How many are looked at for some that can go. */
  private static final int LOOKED_AT = 200;

  /** How long the lease is kept for something that is due soon. */
  private static final Duration SOON = Duration.ofSeconds(2);

  /** When we look again whether another replica still has the lease. */
  private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

  /** When a lane looks again whether an operator has resumed the sending. */
  private static final Duration WHILE_PAUSED = Duration.ofSeconds(2);

  /** What a round left behind. */
  private sealed interface Next {
    record Again(Duration pause) implements Next {}

    record End() implements Next {}

    record EndUntil(Duration pause) implements Next {}
  }

  final String sender;
  private final Dispatcher dispatcher;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile boolean woken;
  private volatile Lease lease;

  SenderLane(String sender, Dispatcher dispatcher) {
    this.sender = sender;
    this.dispatcher = dispatcher;
  }

  /** There is something to do. */
  void wake() {
    woken = true;
    if (running.compareAndSet(false, true)) {
      // Not here: this may be called while the table of lanes is locked.
      dispatcher.elsewhere(this::run);
    }
  }

  boolean isIdle() {
    return !running.get() && !woken;
  }

  private void run() {
    woken = false;
    Uni.createFrom()
        .deferred(this::round)
        .subscribe()
        .with(
            this::then,
            failure -> {
              LOG.warnf(
                  "Sending the texts of a number failed and will be retried: %s",
                  Cause.of(failure));
              then(new Next.EndUntil(AFTER_FAILURE));
            });
  }

  private void then(Next next) {
    if (next instanceof Next.Again again) {
      if (again.pause().isZero()) {
        run();
      } else {
        dispatcher.vertx.setTimer(
            Math.max(1, again.pause().toMillis()), timer -> dispatcher.elsewhere(this::run));
      }
      return;
    }
    letGo()
        .subscribe()
        .with(
            done -> {
              running.set(false);
              if (woken && !dispatcher.isStopping()) {
                wake();
                return;
              }
              dispatcher.remove(this);
              if (next instanceof Next.EndUntil until) {
                dispatcher.wakeLater(sender, until.pause());
              }
            });
  }

  private Uni<Void> letGo() {
    Lease held = lease;
    lease = null;
    return held == null
        ? Uni.createFrom().voidItem()
        : dispatcher.leases.giveBack(held).onFailure().recoverWithNull();
  }

  private Uni<Next> round() {
    if (dispatcher.isStopping()) {
      return next(new Next.End());
    }
    Duration rest = dispatcher.pace(sender).rest();
    if (!rest.isZero()) {
      return next(new Next.EndUntil(rest));
    }
    if (lease == null) {
      return dispatcher
          .leases
          .take("sms:" + sender)
          .flatMap(
              taken -> {
                if (taken.isEmpty()) {
                  return leaveToTheOther();
                }
                lease = taken.get();
                return next(new Next.Again(Duration.ZERO));
              });
    }
    if (lease.isOld()) {
      return renew().map(kept -> new Next.Again(Duration.ZERO));
    }
    return dispatcher
        .sending
        .isPaused()
        .flatMap(
            paused ->
                paused
                    ? next(new Next.EndUntil(WHILE_PAUSED))
                    : candidates(new HashSet<>()).flatMap(this::sendAll));
  }

  /** Another replica sends from this number, and finds our texts too; we look whether it lives. */
  private Uni<Next> leaveToTheOther() {
    return dispatcher
        .handover
        .open(sender, Set.of(), 1)
        .map(
            open -> {
              if (open.isEmpty()) {
                dispatcher.leases.forget("sms:" + sender);
                return new Next.End();
              }
              return new Next.Again(TRY_AGAIN);
            });
  }

  private Uni<Boolean> renew() {
    Lease held = lease;
    return dispatcher
        .leases
        .renew(held)
        .map(
            renewal -> {
              if (renewal == Renewal.LOST) {
                lease = null;
              }
              return renewal != Renewal.LOST;
            });
  }

  /**
   * What a look found.
   *
   * @param ready the first text to each person that is due
   * @param next when the next one is due, if none is
   */
  private record Look(List<OutboxEntry> ready, Optional<Duration> next) {}

  private Uni<Look> candidates(Set<String> waiting) {
    return dispatcher
        .handover
        .open(sender, waiting, LOOKED_AT)
        .flatMap(
            open -> {
              List<OutboxEntry> foreign =
                  open.stream().filter(entry -> entry.state == OutboxState.SENDING).toList();
              if (!foreign.isEmpty()) {
                return Multi.createFrom()
                    .iterable(foreign)
                    .onItem()
                    .transformToUniAndConcatenate(dispatcher.handover::abandoned)
                    .collect()
                    .asList()
                    .flatMap(done -> candidates(waiting));
              }
              Look look = look(open, waiting);
              return look.ready().isEmpty() && open.size() == LOOKED_AT
                  ? candidates(waiting)
                  : Uni.createFrom().item(look);
            });
  }

  private Look look(List<OutboxEntry> open, Set<String> waiting) {
    List<OutboxEntry> ready = new ArrayList<>();
    Duration soonest = null;
    long now = dispatcher.now();
    for (OutboxEntry entry : open) {
      if (!waiting.add(entry.phoneNumber)) {
        continue;
      }
      Duration left = Duration.ofMillis(entry.nextAttemptAt.getTime() - now);
      if (left.isNegative() || left.isZero()) {
        ready.add(entry);
      } else if (soonest == null || left.compareTo(soonest) < 0) {
        soonest = left;
      }
      if (ready.size() == SIDE_BY_SIDE) {
        break;
      }
    }
    return new Look(ready, Optional.ofNullable(soonest));
  }

  private Uni<Next> sendAll(Look look) {
    if (look.ready().isEmpty()) {
      return next(
          look.next()
              .<Next>map(
                  pause ->
                      pause.compareTo(SOON) < 0 ? new Next.Again(pause) : new Next.EndUntil(pause))
              .orElseGet(Next.End::new));
    }
    Cancellable beat =
        Multi.createFrom()
            .ticks()
            .every(dispatcher.lease.dividedBy(3))
            .onOverflow()
            .drop()
            .onItem()
            .transformToUniAndConcatenate(
                tick ->
                    lease == null
                        ? Uni.createFrom().item(false)
                        : renew().onFailure().recoverWithItem(false))
            .subscribe()
            .with(renewed -> {});
    return Multi.createFrom()
        .iterable(look.ready())
        .onItem()
        .transformToUni(
            entry ->
                send(entry)
                    .onFailure()
                    .recoverWithUni(
                        failure -> {
                          // The others go on; what was handed over meanwhile must be noted.
                          LOG.warnf("Text %s: %s", entry.id, Cause.of(failure));
                          return Uni.createFrom().voidItem();
                        }))
        .merge(SIDE_BY_SIDE)
        .collect()
        .asList()
        .onTermination()
        .invoke(beat::cancel)
        .replaceWith(new Next.Again(Duration.ZERO));
  }

  private Uni<Void> send(OutboxEntry entry) {
    Duration turn = dispatcher.pace(sender).reserve(entry.segments);
    Uni<Void> wait =
        turn.isZero()
            ? Uni.createFrom().voidItem()
            : Uni.createFrom().voidItem().onItem().delayIt().by(turn);
    return wait.flatMap(
        now -> {
          Lease held = lease;
          if (dispatcher.isStopping()
              || held == null
              || held.mayBeLost()
              || !dispatcher.pace(sender).rest().isZero()) {
            return Uni.createFrom().voidItem();
          }
          Optional<String> body = dispatcher.outbox.body(entry);
          if (body.isEmpty()) {
            return dispatcher.handover.dead(
                entry, "It was sealed under another JWT_SECRET, and cannot be read any more");
          }
          return Uni.combine()
              .all()
              .unis(
                  dispatcher.sending.isPaused(), dispatcher.optOuts.has(entry.phoneNumber, sender))
              .asTuple()
              .flatMap(
                  found ->
                      found.getItem1()
                          // It stays queued; the next round waits until sending is resumed.
                          ? Uni.createFrom().voidItem()
                          : found.getItem2()
                              ? dispatcher.handover.block(entry)
                              : dispatcher
                                  .handover
                                  .claim(entry)
                                  .flatMap(
                                      claimed ->
                                          claimed.isEmpty()
                                              ? Uni.createFrom().voidItem()
                                              : handOver(claimed.get(), body.get())));
        });
  }

  private Uni<Void> handOver(OutboxEntry claimed, String body) {
    FaultPoint.reached("claimed");
    return dispatcher
        .carrier
        .send(new Carrier.Sms(claimed.id, sender, claimed.phoneNumber, body))
        .ifNoItem()
        .after(dispatcher.longestSend)
        .recoverWithItem(new Carrier.Outcome.Ambiguous("Twilio did not answer in time"))
        .onFailure()
        .recoverWithItem(failure -> new Carrier.Outcome.Ambiguous(Cause.of(failure)))
        .invoke(
            outcome -> {
              FaultPoint.reached("handed");
              pace(outcome);
            })
        .flatMap(
            outcome ->
                dispatcher
                    .handover
                    .record(claimed, outcome)
                    // What is known now is known to nobody else.
                    .onFailure()
                    .retry()
                    .withBackOff(Duration.ofMillis(200), Duration.ofSeconds(2))
                    .atMost(5))
        .invoke(() -> FaultPoint.reached("recorded"));
  }

  private void pace(Carrier.Outcome outcome) {
    SendRate pace = dispatcher.pace(sender);
    if (outcome instanceof Carrier.Outcome.TryLater later) {
      pace.trouble(later.after().orElse(Duration.ZERO));
    } else if (outcome instanceof Carrier.Outcome.NotSent
        || outcome instanceof Carrier.Outcome.Ambiguous) {
      pace.trouble(Duration.ZERO);
    } else {
      pace.wentWell();
    }
  }

  private static Uni<Next> next(Next next) {
    return Uni.createFrom().item(next);
  }
}
