package chat.switchboard.mongo;

import chat.switchboard.ops.Timers;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Runs the rounds of one key, one round at a time, in the one replica that holds the lease of the
 * key.
 *
 * <pre>
 *           wake, and there is work                 the lease is taken
 *   Idle ────────────────────────────▶ Waiting ─────────────────────────▶ Holding ◀──┐
 *    ▲ ▲                                │ ▲  ▲                             │ │ │     │ a round,
 *    │ │ the work is left to the holder │ │  │ the lease is lost           │ │ └─────┘ a renewal
 *    │ └────────────────────────────────┘ │  └─────────────────────────────┘ │ │
 *    │                     the pause ends │     another replica wants it     │ │
 *    │                                    └──────── Yielding ◀───────────────┘ │
 *    │                                                                         │
 *    │  no work for the linger time, or none until later: the lease is given   │
 *    │  back                                                                   │
 *    └─────────────────────────────────────────────────────────────────────────┘
 *
 *   each state ── stop ──▶ Stopped: a round under way ends first, a held lease is given back
 * </pre>
 *
 * <p>A wake-up during a round is never lost: another round follows.
 */
final class LeasedWorker {

  /** The state of a worker. */
  sealed interface State {

    /** No lease is held or wanted. */
    record Idle() implements State {}

    /**
     * The lease is wanted.
     *
     * @param since the monotonic time of the first attempt to take the lease
     */
    record Waiting(long since) implements State {}

    /** The lease is held: a round runs or is planned, or the worker lingers. */
    record Holding(Lease lease) implements State {}

    /**
     * The lease was given back to another replica.
     *
     * @param until the monotonic time of the next attempt to take the lease
     */
    record Yielding(long until) implements State {}

    /** The service stops, and no lease is held. */
    record Stopped() implements State {}
  }

  /** Is notified when a worker rests without a lease. */
  interface Listener {

    /**
     * @param wakeAfter the time after which the worker wants to be woken; empty where only an event
     *     brings new work
     */
    void rests(LeasedWorker worker, Optional<Duration> wakeAfter);
  }

  private final LeaseKey key;
  private final Round round;
  private final WorkerPolicy policy;
  private final WorkerRuntime runtime;
  private final Heartbeat heartbeat;
  private final Listener listener;

  // The fields below are guarded by this worker's monitor; no code of others runs inside of it.

  private State state = new State.Idle();

  /** Whether a turn is under way or planned: at most one is. */
  private boolean active;

  /** Whether a wake-up has come since the last turn began. */
  private boolean woken;

  private boolean stopping;

  /** Whether a thread is in the loop of turns, and whether that thread runs another turn. */
  private boolean turning;

  private boolean follows;

  /** The timer of the planned turn, or of the end of the linger time; null where there is none. */
  private Timers.Timer pause;

  /** Names the timer: one that fires while it is cancelled finds another name. */
  private Object pauseName;

  /** Ends the round under way; null where no round can be cancelled. */
  private CompletableFuture<Next> cancellation;

  /** The monotonic time of the last look for other replicas; used by turns only. */
  private long lookedAt;

  LeasedWorker(
      LeaseKey key, Round round, WorkerPolicy policy, WorkerRuntime runtime, Listener listener) {
    this.key = key;
    this.round = round;
    this.policy = policy;
    this.runtime = runtime;
    this.heartbeat = new Heartbeat(runtime.leases(), runtime.timers());
    this.listener = listener;
  }

  /** Notes that there is work: from now on the worker is not idle. {@link #start()} must follow. */
  synchronized void request() {
    woken = true;
  }

  /** Begins with the requested work, unless a turn is under way or planned. */
  void start() {
    synchronized (this) {
      if (active || !woken) {
        return;
      }
      active = true;
      cancelPause();
    }
    runtime.executor().execute(this::turn);
  }

  /**
   * Stops the worker: a planned turn is brought forward, a round is cancelled where the policy says
   * so, and the lease is given back.
   */
  void stop() {
    round.stopping();
    CompletableFuture<Next> toCancel;
    boolean underWay;
    synchronized (this) {
      stopping = true;
      toCancel = cancellation;
      underWay = active && pause == null;
      // The turn under way is followed by another, which finds the flag.
      woken = true;
      active = true;
      cancelPause();
    }
    if (!underWay) {
      runtime.executor().execute(this::turn);
    } else if (toCancel != null) {
      toCancel.complete(new Next.Idle());
    }
  }

  /** Whether the worker can be forgotten: nothing runs, is planned or requested. */
  synchronized boolean isIdle() {
    return !active && !woken && !(state instanceof State.Holding);
  }

  synchronized State state() {
    return state;
  }

  /**
   * Runs a turn. A turn that follows at once is run by the thread that runs the turn before, so
   * that many turns in a row do not fill the stack.
   */
  private void turn() {
    synchronized (this) {
      follows = true;
      if (turning) {
        return;
      }
      turning = true;
    }
    while (nextTurn()) {
      runTurn();
    }
  }

  private synchronized boolean nextTurn() {
    turning = follows;
    follows = false;
    return turning;
  }

  private void runTurn() {
    synchronized (this) {
      woken = false;
    }
    Uni.createFrom()
        .deferred(this::step)
        .onFailure()
        .recoverWithItem(round::failed)
        .subscribe()
        .with(this::proceed, failure -> proceed(new Next.Idle()));
  }

  private Uni<Next> step() {
    if (isStopping()) {
      round.refuse();
      return next(new Next.Idle());
    }
    Optional<Next> instead = round.insteadOfRound();
    if (instead.isPresent()) {
      return next(instead.get());
    }
    Optional<Lease> held = held();
    if (held.isEmpty()) {
      return take();
    }
    return held.get().isOld() || isLookDue() ? renew(held.get()) : run(held.get());
  }

  private Uni<Next> take() {
    boolean early = beginToWait() && policy.readsEarly();
    long begun = now();
    if (early) {
      round.readEarly();
    }
    return runtime
        .leases()
        .take(key)
        .flatMap(
            taken ->
                taken
                    .map(lease -> taken(lease, early && counts(lease, begun)))
                    .orElseGet(this::heldElsewhere));
  }

  /** Whether no other replica can have written between this time and the taking of the lease. */
  private boolean counts(Lease lease, long begun) {
    return lease.wasFree() && now() - begun < policy.longestEarlyRead().toNanos();
  }

  private Uni<Next> taken(Lease lease, boolean early) {
    become(new State.Holding(lease));
    lookedAt = now();
    round.acquired(early);
    // Early reads belong to the work at that time, before any later work is admitted.
    return early ? run(lease) : next(Next.Again.NOW);
  }

  private Uni<Next> heldElsewhere() {
    return round
        .isStillWaiting()
        .map(
            waits -> waits ? new Next.Again(policy.retryPause(runtime.random())) : new Next.Idle());
  }

  private boolean isLookDue() {
    return policy
        .sharing()
        .filter(sharing -> now() - lookedAt > sharing.lookEvery().toNanos())
        .isPresent();
  }

  private Uni<Next> renew(Lease lease) {
    lookedAt = now();
    return runtime
        .leases()
        .renew(lease)
        .flatMap(
            renewal ->
                renewal == LeaseStore.Renewal.WANTED_BY_ANOTHER && policy.sharing().isPresent()
                    ? yieldFor(policy.sharing().get().yieldFor())
                    : next(Next.Again.NOW));
  }

  private Uni<Next> yieldFor(Duration time) {
    return giveBack(new State.Yielding(now() + time.toNanos()), false)
        .replaceWith(new Next.Again(time));
  }

  private Uni<Next> run(Lease lease) {
    return switch (policy.during()) {
      case NOTHING -> round.run(lease);
      case RENEW -> heartbeat.during(lease, () -> round.run(lease));
      case RENEW_OR_CANCEL -> cancellable(heartbeat.interrupting(lease, () -> round.run(lease)));
    };
  }

  private Uni<Next> cancellable(Uni<Next> running) {
    CompletableFuture<Next> cancelled = new CompletableFuture<>();
    synchronized (this) {
      cancellation = cancelled;
      if (stopping) {
        return next(new Next.Idle());
      }
    }
    return Uni.combine()
        .any()
        .of(running, Uni.createFrom().completionStage(cancelled))
        .onTermination()
        .invoke(this::notCancellable);
  }

  private synchronized void notCancellable() {
    cancellation = null;
  }

  private void proceed(Next next) {
    if (next instanceof Next.Again again) {
      goOn(again.pause());
    } else if (next instanceof Next.RetryAfter later) {
      leave(Optional.of(later.pause()), false);
    } else {
      rest();
    }
  }

  private void goOn(Duration time) {
    synchronized (this) {
      if (!time.isZero() && !stopping) {
        plan(time, () -> runtime.executor().execute(this::turn));
        return;
      }
    }
    turn();
  }

  /** There is no work: the lease is kept for the linger time. */
  private void rest() {
    boolean again;
    synchronized (this) {
      again = woken;
      if (!again && !stopping && !policy.linger().isZero() && held().isPresent()) {
        active = false;
        plan(policy.linger(), () -> leave(Optional.empty(), true));
        return;
      }
    }
    if (again) {
      turn();
    } else {
      leave(Optional.empty(), false);
    }
  }

  private void leave(Optional<Duration> wakeAfter, boolean lingered) {
    giveBack(new State.Idle(), lingered).subscribe().with(done -> settle(wakeAfter));
  }

  private void settle(Optional<Duration> wakeAfter) {
    boolean again;
    synchronized (this) {
      again = woken;
      active = again;
      state = stopping ? new State.Stopped() : new State.Idle();
    }
    if (again) {
      turn();
    } else {
      listener.rests(this, wakeAfter);
    }
  }

  /**
   * Leaves the state of holding. A failure is ignored, since the lease then expires.
   *
   * @param lingered whether the linger time has passed since the last round
   */
  private Uni<Void> giveBack(State instead, boolean lingered) {
    Optional<Lease> held;
    synchronized (this) {
      held = held();
      state = instead;
    }
    return held.map(
            lease ->
                (lingered || !policy.readsEarly()
                        ? runtime.leases().giveBack(lease)
                        : runtime.leases().handOver(lease))
                    .onFailure()
                    .recoverWithNull())
        .orElseGet(() -> Uni.createFrom().voidItem());
  }

  /** Only inside the monitor. */
  private void plan(Duration time, Runnable then) {
    Object name = new Object();
    pauseName = name;
    pause =
        runtime
            .timers()
            .after(
                time,
                () -> {
                  synchronized (this) {
                    if (pauseName != name) {
                      return;
                    }
                    pause = null;
                    pauseName = null;
                    active = true;
                  }
                  then.run();
                });
  }

  /** Only inside the monitor. */
  private void cancelPause() {
    if (pause != null) {
      pause.cancel();
      pause = null;
      pauseName = null;
    }
  }

  /** Returns whether this is the first attempt of a worker without a lease. */
  private synchronized boolean beginToWait() {
    boolean first = state instanceof State.Idle;
    if (!(state instanceof State.Waiting)) {
      state = new State.Waiting(now());
    }
    return first;
  }

  private synchronized void become(State next) {
    state = next;
  }

  private synchronized boolean isStopping() {
    return stopping;
  }

  private synchronized Optional<Lease> held() {
    return state instanceof State.Holding holding && !holding.lease().isLost()
        ? Optional.of(holding.lease())
        : Optional.empty();
  }

  private long now() {
    return runtime.timers().nanoTime();
  }

  private static Uni<Next> next(Next next) {
    return Uni.createFrom().item(next);
  }
}
