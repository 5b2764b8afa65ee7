package chat.switchboard.mongo;

import chat.switchboard.ops.Timers;
import jakarta.inject.Singleton;

/** Makes the batchers of the stores. */
@Singleton
public class Batchers {

  private final Timers timers;

  /**
   * @param timers give up commands without a response
   */
  public Batchers(Timers timers) {
    this.timers = timers;
  }

  /** Returns a batcher for calls of a few hundred bytes. */
  public <K, V> Batcher<K, V> of(BatchCommand<K, V> command) {
    return of(command, BatchLimits.ofSmallCalls());
  }

  /** Returns a batcher with these limits of a command. */
  public <K, V> Batcher<K, V> of(BatchCommand<K, V> command, BatchLimits<K> limits) {
    return of(command, limits, BatchWaits.ONE_AT_A_TIME);
  }

  /** Returns a batcher with these limits of a command and of the calls' waits. */
  public <K, V> Batcher<K, V> of(
      BatchCommand<K, V> command, BatchLimits<K> limits, BatchWaits waits) {
    return new Batcher<>(command, limits, waits, timers, CallerContext::current);
  }
}
