package chat.switchboard.mongo;

import chat.switchboard.mongo.LeaseStore.Renewal;
import chat.switchboard.ops.Timers;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Renews a lease three times in its life while a piece of work runs under it. */
final class Heartbeat {

  private final LeaseStore leases;
  private final Timers timers;

  Heartbeat(LeaseStore leases, Timers timers) {
    this.leases = leases;
    this.timers = timers;
  }

  /** Runs the work to its end; the work itself checks the lease. */
  <T> Uni<T> during(Lease lease, Supplier<Uni<T>> work) {
    return beating(lease, work, () -> {});
  }

  /** Runs the work, and cancels it with a {@link LeaseLost} once the lease is lost. */
  <T> Uni<T> interrupting(Lease lease, Supplier<Uni<T>> work) {
    CompletableFuture<T> lost = new CompletableFuture<>();
    return Uni.combine()
        .any()
        .of(
            beating(lease, work, () -> lost.completeExceptionally(new LeaseLost(lease.key))),
            Uni.createFrom().completionStage(lost));
  }

  private <T> Uni<T> beating(Lease lease, Supplier<Uni<T>> work, Runnable lost) {
    return Uni.createFrom()
        .deferred(
            () -> {
              Beat beat = new Beat(lease, lost);
              beat.plan();
              return Uni.createFrom().deferred(work::get).onTermination().invoke(beat::stop);
            });
  }

  /**
   * Whether the lease is still held. While the database is unreachable the lease counts as held
   * until its life ends.
   */
  Uni<Boolean> isHeld(Lease lease) {
    return leases
        .renew(lease)
        .map(renewal -> renewal != Renewal.LOST)
        .onFailure()
        .recoverWithItem(() -> !lease.mayBeLost());
  }

  private final class Beat {

    private final Lease lease;
    private final Runnable lost;
    private boolean stopped;
    private Timers.Timer next;

    Beat(Lease lease, Runnable lost) {
      this.lease = lease;
      this.lost = lost;
    }

    synchronized void plan() {
      if (!stopped) {
        next = timers.after(lease.beat(), this::renew);
      }
    }

    synchronized void stop() {
      stopped = true;
      next.cancel();
    }

    private synchronized boolean isStopped() {
      return stopped;
    }

    private void renew() {
      if (isStopped()) {
        return;
      }
      isHeld(lease)
          .subscribe()
          .with(
              held -> {
                if (!held && !isStopped()) {
                  lost.run();
                }
                if (!lease.isLost()) {
                  plan();
                }
              },
              failure -> plan());
    }
  }
}
