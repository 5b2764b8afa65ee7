package chat.switchboard.mongo;

import org.junit.jupiter.api.Tag;

/** The fake leases of the tests. */
@Tag("unit")
class FakeLeasesTest extends LeaseContract {

  private final FakeLeases.Shared shared = new FakeLeases.Shared();

  @Override
  LeaseStore replica(String name) {
    return new FakeLeases(shared, name, timers, LIFE);
  }
}
