package chat.switchboard.mongo;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** Does a piece of work in one replica at a time, under a lease that is kept alive meanwhile. */
@Singleton
public class ExclusiveRunner {

  private static final Duration TRY_AGAIN = Duration.ofMillis(25);

  private final Leases leases;
  private final Duration life;

  ExclusiveRunner(Leases leases, LeaseConfig config) {
    this.leases = leases;
    this.life = config.lease();
  }

  /** The lease was lost while the work was under way: another replica may do it as well now. */
  public static final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Lost(String what) {
      super("The lease of " + what + " was lost", null, false, false);
    }
  }

  /**
   * Does the work, unless another replica is at it.
   *
   * @return what came of it; empty where it was left to the other
   */
  public <T> Uni<Optional<T>> run(String what, Supplier<Uni<T>> work) {
    return leases
        .take(what)
        .flatMap(
            taken ->
                taken
                    .map(lease -> under(lease, ignored -> work.get()).map(Optional::ofNullable))
                    .orElseGet(() -> Uni.createFrom().item(Optional.empty())));
  }

  /**
   * Waits for its turn and then does the work; it fails if the turn does not come within three
   * lives of a lease, in which a dead holder's would have been taken over.
   */
  public <T> Uni<T> inTurn(String what, Function<Lease, Uni<T>> work) {
    return leases
        .take(what)
        .onItem()
        .transform(taken -> taken.orElse(null))
        .onItem()
        .ifNull()
        .failWith(() -> new Lost(what))
        .onFailure(Lost.class)
        .retry()
        .withBackOff(TRY_AGAIN, TRY_AGAIN.multipliedBy(2))
        .expireIn(life.multipliedBy(3).toMillis())
        .flatMap(lease -> under(lease, work));
  }

  /** Nobody here waits for it any more. */
  public void forget(String what) {
    leases.forget(what);
  }

  private <T> Uni<T> under(Lease lease, Function<Lease, Uni<T>> work) {
    CompletableFuture<T> lost = new CompletableFuture<>();
    Cancellable beat =
        Multi.createFrom()
            .ticks()
            .every(life.dividedBy(3))
            .onOverflow()
            .drop()
            .onItem()
            .transformToUniAndConcatenate(tick -> renew(lease))
            .subscribe()
            .with(
                ours -> {
                  if (!ours) {
                    lost.completeExceptionally(new Lost(lease.id));
                  }
                },
                failure -> lost.completeExceptionally(failure));
    return Uni.combine()
        .any()
        .<T>of(work.apply(lease), Uni.createFrom().completionStage(lost))
        .onTermination()
        .invoke(beat::cancel)
        .eventually(() -> giveBack(lease))
        .onCancellation()
        .call(() -> giveBack(lease));
  }

  private Uni<Void> giveBack(Lease lease) {
    return leases.giveBack(lease).onFailure().recoverWithNull();
  }

  /** Whether it is still ours; a database that is away says nothing until the lease has run out. */
  private Uni<Boolean> renew(Lease lease) {
    return leases
        .renew(lease)
        .map(renewal -> renewal != Leases.Renewal.LOST)
        .onFailure()
        .recoverWithItem(() -> !lease.mayBeLost());
  }

  /** Whether the lease is still ours, asked now where it could have been lost meanwhile. */
  public Uni<Boolean> stillOurs(Lease lease) {
    return lease.mayBeLost() ? renew(lease) : Uni.createFrom().item(true);
  }
}
