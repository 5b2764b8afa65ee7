package chat.switchboard.mongo;

import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Clock;

/** The leases in MongoDB. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class LeasesTest extends LeaseContract {

  @Override
  LeaseStore replica(String name) {
    return new Leases(() -> LIFE, Clock.systemUTC(), timers, new Batchers(timers));
  }
}
