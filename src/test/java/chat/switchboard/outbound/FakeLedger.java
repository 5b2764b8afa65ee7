package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The counters of a day, in memory; a counter is raised and lowered as in the database. */
class FakeLedger extends SpendLedger {

  /** Counters by kind and name, such as {@code owner 42}. */
  final Map<String, Long> used = new TreeMap<>();

  final Map<SpendReason, Integer> blocked = new TreeMap<>();
  private final Set<String> met = new HashSet<>();
  private RuntimeException failure;

  FakeLedger(Clock clock) {
    super(null, null, clock);
  }

  void failToBlock(RuntimeException cause) {
    failure = cause;
  }

  @Override
  Uni<Boolean> raise(Counter counter, int by, long highest) {
    return Uni.createFrom()
        .item(
            () -> {
              if (highest < 0 || count(counter) > highest) {
                return false;
              }
              used.merge(key(counter), (long) by, Long::sum);
              return true;
            });
  }

  @Override
  Uni<Void> lower(Counter counter, int by) {
    return Uni.createFrom()
        .voidItem()
        .invoke(
            () -> {
              if (count(counter) >= by) {
                used.merge(key(counter), (long) -by, Long::sum);
              }
            });
  }

  @Override
  Uni<Long> used(Counter counter) {
    return Uni.createFrom().item(() -> count(counter));
  }

  @Override
  Uni<Boolean> isMet(String key) {
    return Uni.createFrom().item(() -> met.contains(key));
  }

  @Override
  Uni<Boolean> meet(String key) {
    return Uni.createFrom().item(() -> met.add(key));
  }

  @Override
  Uni<Void> block(SpendReason reason) {
    return failure != null
        ? Uni.createFrom().failure(failure)
        : Uni.createFrom().voidItem().invoke(() -> blocked.merge(reason, 1, Integer::sum));
  }

  private long count(Counter counter) {
    return used.getOrDefault(key(counter), 0L);
  }

  private static String key(Counter counter) {
    return counter.id().substring(counter.day().length() + 1);
  }
}
