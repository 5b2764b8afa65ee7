package chat.switchboard.mongo;

import chat.switchboard.ops.Timers;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Runs a piece of work in one replica at a time, under a lease that is renewed during the work. */
@Singleton
public class ExclusiveRunner {

  private static final Duration TRY_AGAIN = Duration.ofMillis(25);

  private final LeaseStore leases;
  private final Heartbeat heartbeat;
  private final Duration longestWait;

  ExclusiveRunner(LeaseStore leases, Timers timers, LeaseConfig config) {
    this.leases = leases;
    this.heartbeat = new Heartbeat(leases, timers);
    this.longestWait = config.lease().multipliedBy(3);
  }

  /**
   * Runs the work unless another replica runs it.
   *
   * @return the result of the work; empty if another replica runs the work
   */
  public <T> Uni<Optional<T>> run(LeaseKey key, Supplier<Uni<T>> work) {
    return leases
        .take(key)
        .flatMap(
            taken ->
                taken
                    .map(lease -> under(lease, work, leases::giveBack).map(Optional::ofNullable))
                    .orElseGet(() -> Uni.createFrom().item(Optional.empty())));
  }

  /**
   * Waits for the lease, runs the work, and hands the lease over, since the workers of the same key
   * may read before they take the lease. Fails with {@link LeaseLost} after three lives of a lease,
   * since the lease of a dead holder is taken over within that time.
   */
  public <T> Uni<T> inTurn(LeaseKey key, Function<Lease, Uni<T>> work) {
    return leases
        .take(key)
        .onItem()
        .transform(taken -> taken.orElse(null))
        .onItem()
        .ifNull()
        .failWith(() -> new LeaseLost(key))
        .onFailure(LeaseLost.class)
        .retry()
        .withBackOff(TRY_AGAIN, TRY_AGAIN.multipliedBy(2))
        .expireIn(longestWait.toMillis())
        // Nobody here wants the lease any more: the observed holder would stay in memory.
        .onFailure()
        .invoke(() -> leases.forget(key))
        .onCancellation()
        .invoke(() -> leases.forget(key))
        .flatMap(lease -> under(lease, () -> work.apply(lease), leases::handOver));
  }

  /** Forgets the observed holder of a lease that this process no longer wants. */
  public void forget(LeaseKey key) {
    leases.forget(key);
  }

  private <T> Uni<T> under(
      Lease lease, Supplier<Uni<T>> work, Function<Lease, Uni<Void>> giveBack) {
    return heartbeat
        .interrupting(lease, work)
        .eventually(() -> giveBack.apply(lease).onFailure().recoverWithNull())
        .onCancellation()
        .call(() -> giveBack.apply(lease).onFailure().recoverWithNull());
  }

  /** Whether the lease is still held; reads the database only if the lease may be lost. */
  public Uni<Boolean> isStillHeld(Lease lease) {
    return lease.mayBeLost() ? heartbeat.isHeld(lease) : Uni.createFrom().item(true);
  }
}
