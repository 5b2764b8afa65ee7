package chat.switchboard.mongo;

import io.smallrye.mutiny.Uni;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * One database command for several calls of a {@link Batcher}.
 *
 * @param <K> what a call asks for
 * @param <V> the result of a call
 */
@FunctionalInterface
public interface BatchCommand<K, V> {

  /**
   * Sends the command.
   *
   * @param calls at least one; two calls may ask for the same
   * @return the outcome of each call, in the order of the calls; a failure belongs to all calls
   */
  Uni<List<Outcome<V>>> send(List<K> calls);

  /** The outcome of one call. */
  sealed interface Outcome<V> {

    /** The call has its result. */
    record Done<V>(V value) implements Outcome<V> {}

    /** The call failed, and no other call with it. */
    record Failed<V>(Throwable failure) implements Outcome<V> {}

    /** The command ended before it came to this call: the next command includes the call. */
    record NotReached<V>() implements Outcome<V> {}

    /** The command cannot tell the result: a command for this call alone follows. */
    record Alone<V>() implements Outcome<V> {}

    /** Returns the result of this step, or its failure. */
    static <V> Outcome<V> of(Supplier<V> step) {
      try {
        return new Done<>(step.get());
      } catch (RuntimeException failure) {
        return new Failed<>(failure);
      }
    }
  }

  /** Returns an outcome by which each of these calls is sent alone. */
  static <V> List<Outcome<V>> alone(Collection<?> calls) {
    return calls.stream().<Outcome<V>>map(call -> new Outcome.Alone<>()).toList();
  }

  /** Returns the outcome of a command that gives the same result to each of these calls. */
  static <V> List<Outcome<V>> same(Collection<?> calls, V value) {
    return calls.stream().<Outcome<V>>map(call -> new Outcome.Done<>(value)).toList();
  }
}
