package chat.switchboard.ops;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** This machine's clock. */
class SystemClock {

  @Produces
  @Singleton
  @MachineTime
  Clock clock() {
    return Clock.systemUTC();
  }
}
