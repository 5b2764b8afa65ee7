package chat.switchboard.stream;

import chat.switchboard.librechat.Users;
import chat.switchboard.ops.Cause;
import chat.switchboard.stream.Subscription.End;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/** Ends the streams of deleted accounts, whose access tokens are valid until they expire. */
@ApplicationScoped
class AccountWatch {

  private static final Logger LOG = Logger.getLogger(AccountWatch.class);

  /**
   * The number of runs that check every account once: one run for all accounts would delay the
   * events.
   */
  private static final int TURNS = 15;

  /** Small, so that an event does not wait long while the event loop reads these documents. */
  private static final int AT_ONCE = 250;

  private final Subscriptions subscriptions;
  private final Users users;
  private int turn;

  AccountWatch(Subscriptions subscriptions, Users users) {
    this.subscriptions = subscriptions;
    this.users = users;
  }

  @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> look() {
    turn = (turn + 1) % TURNS;
    return Multi.createFrom()
        .iterable(subscriptions.users(turn, TURNS))
        .group()
        .intoLists()
        .of(AT_ONCE)
        .onItem()
        .transformToUniAndConcatenate(this::endDeleted)
        .collect()
        .asList()
        .replaceWithVoid()
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.debugf("Checking the accounts of open streams failed: %s", Cause.of(failure));
              return Uni.createFrom().voidItem();
            });
  }

  private Uni<Void> endDeleted(List<String> listening) {
    return users
        .present(listening)
        .invoke(
            present -> {
              List<String> gone = new ArrayList<>(listening);
              gone.removeAll(present);
              gone.forEach(user -> subscriptions.end(user, Frame.tokenExpired(), End.ACCOUNT));
            })
        .replaceWithVoid();
  }
}
