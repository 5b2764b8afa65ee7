package chat.switchboard.feed;

import io.quarkus.runtime.StartupEvent;
import java.time.Duration;

/** The feed of a replica of the simulation. */
public final class SimulatedFeed {

  private static final int MANY = 1_000;

  private final FeedDriver driver;
  private final OwnAnnouncements own;

  SimulatedFeed(FeedDriver driver, OwnAnnouncements own) {
    this.driver = driver;
    this.own = own;
  }

  /** Begins, as at the start of the process. */
  public void start() {
    driver.onStart(new StartupEvent());
  }

  /** Returns how many messages that this process announced wait for an entry. */
  public int waiting() {
    return own.overdue(Duration.ZERO, MANY).size();
  }
}
