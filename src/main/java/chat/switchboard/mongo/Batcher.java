package chat.switchboard.mongo;

import chat.switchboard.mongo.BatchCommand.Outcome;
import chat.switchboard.ops.Timers;
import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteConcernException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Sends calls of the same kind to the database together. While a command is under way, further
 * calls are collected for the next command. Without a command under way a call is sent at once,
 * together with the calls of the same turn of the event loop.
 *
 * <ul>
 *   <li>A command begins after each of its calls: a read sees what was written before the call.
 *   <li>Each caller gets the outcome of its own call, on its own context.
 *   <li>If a command fails as a whole, and not because the database is unavailable or too slow, one
 *       call may be the cause: the calls are sent again one by one. So a call must have the same
 *       effect twice as once.
 *   <li>The end of a caller's subscription ends no command. A call that was not sent yet is left
 *       out.
 *   <li>With {@link BatchWaits} a slow command does not hold back the next command, and a call that
 *       has waited too long is not sent.
 * </ul>
 *
 * @param <K> what a call asks for
 * @param <V> the result of a call
 */
public final class Batcher<K, V> {

  /** The maximum number of waiting calls; further calls fail at once. */
  static final int MOST_WAITING = 16_384;

  /**
   * After this time a command without a response is given up, so that its callers do not hang. The
   * driver's own time limits are shorter.
   */
  static final Duration LONGEST = Duration.ofMinutes(1);

  private final BatchCommand<K, V> command;
  private final BatchLimits<K> limits;
  private final BatchWaits waits;
  private final Timers timers;
  private final Supplier<Executor> callerContext;

  // The fields below are guarded by this batcher's monitor; no code of others runs inside of it.

  private final ArrayDeque<Call> waiting = new ArrayDeque<>();
  private boolean underWay;

  /** The number of slow commands, which are under way besides. */
  private int slow;

  /** Whether the start of a command is planned. */
  private boolean planned;

  Batcher(
      BatchCommand<K, V> command,
      BatchLimits<K> limits,
      BatchWaits waits,
      Timers timers,
      Supplier<Executor> callerContext) {
    this.command = command;
    this.limits = limits;
    this.waits = waits;
    this.timers = timers;
    this.callerContext = callerContext;
  }

  private final class Call {
    private final K key;
    private final UniEmitter<? super V> answer;
    private final Executor caller;
    private final long askedAt = timers.nanoTime();
    private volatile boolean cancelled;

    /** Set before the call is queued again. */
    private boolean alone;

    Call(K key, UniEmitter<? super V> answer, Executor caller) {
      this.key = key;
      this.answer = answer;
      this.caller = caller;
    }

    boolean isOverdue() {
      return timers.nanoTime() - askedAt > waits.longest().toNanos();
    }

    void complete(Outcome<V> outcome) {
      caller.execute(
          () -> {
            if (outcome instanceof Outcome.Done<V> done) {
              answer.complete(done.value());
            } else if (outcome instanceof Outcome.Failed<V> failed) {
              answer.fail(failed.failure());
            }
          });
    }
  }

  /**
   * Returns the result of this call. Each subscription is a call.
   *
   * @return fails with a {@link MongoTimeoutException} if too many calls wait, or if the database
   *     does not answer; with its subclass {@link CallNotSent} if the call has waited too long
   */
  public Uni<V> ask(K key) {
    return Uni.createFrom()
        .emitter(
            answer -> {
              Call call = new Call(key, answer, callerContext.get());
              answer.onTermination(() -> call.cancelled = true);
              add(call);
            });
  }

  private void add(Call call) {
    boolean full;
    boolean first = false;
    synchronized (this) {
      full = waiting.size() >= MOST_WAITING;
      if (!full) {
        waiting.add(call);
        first = !underWay && !planned;
        planned |= first;
      }
    }
    if (full) {
      call.answer.fail(new MongoTimeoutException("Too many calls wait for the database"));
    } else if (first) {
      call.caller.execute(this::send);
    }
  }

  private void send() {
    List<Call> overdue = new ArrayList<>();
    List<Call> together;
    synchronized (this) {
      planned = false;
      if (underWay) {
        return;
      }
      together = next(overdue);
      underWay = !together.isEmpty();
    }
    if (!together.isEmpty()) {
      new UnderWay(together).send();
    }
    overdue.forEach(call -> call.complete(new Outcome.Failed<>(new CallNotSent(waits.longest()))));
  }

  /**
   * Only inside the monitor.
   *
   * @param overdue gets the calls that have waited too long
   */
  private List<Call> next(List<Call> overdue) {
    List<Call> together = new ArrayList<>();
    long bytes = 0;
    while (together.size() < limits.most() && !waiting.isEmpty()) {
      Call call = waiting.peek();
      if (call.cancelled) {
        waiting.poll();
        continue;
      }
      if (call.isOverdue()) {
        overdue.add(waiting.poll());
        continue;
      }
      bytes += limits.bytes().applyAsLong(call.key);
      if (!together.isEmpty() && (call.alone || bytes > limits.mostBytes())) {
        break;
      }
      together.add(waiting.poll());
      if (call.alone) {
        break;
      }
    }
    return together;
  }

  /** Whether one call can be the cause, such as a document that is too large for the database. */
  private static boolean mayBelongToOneCall(Throwable failure) {
    return !DatabaseRetry.isPassing(failure)
        && !(failure instanceof MongoWriteConcernException)
        && !(failure instanceof MongoExecutionTimeoutException);
  }

  /** A command that was sent, and that ends once: by its response or by the time limit. */
  private final class UnderWay {
    private final List<Call> calls;
    private Cancellable response;
    private Timers.Timer limit;
    private boolean ended;

    /** Whether the next command does not wait for this command. */
    private boolean passed;

    UnderWay(List<Call> calls) {
      this.calls = calls;
    }

    void send() {
      List<K> keys = calls.stream().map(call -> call.key).toList();
      response =
          Uni.createFrom()
              // Deferred: an exception must end the command too, or no other would ever start.
              .deferred(() -> command.send(keys))
              .subscribe()
              .with(this::answered, this::failed);
      synchronized (this) {
        if (!ended) {
          limit = timers.after(waits.slow(), this::isSlow);
        }
      }
    }

    private void isSlow() {
      synchronized (this) {
        if (ended) {
          return;
        }
        limit = timers.after(LONGEST.minus(waits.slow()), this::giveUp);
        synchronized (Batcher.this) {
          if (slow == waits.mostSlow()) {
            return;
          }
          slow++;
          underWay = false;
        }
        passed = true;
      }
      Batcher.this.send();
    }

    private void giveUp() {
      failed(
          new MongoTimeoutException(
              "The database did not respond to a command within " + LONGEST.toSeconds() + " s"));
      response.cancel();
    }

    private void answered(List<Outcome<V>> outcomes) {
      boolean without =
          outcomes.stream().allMatch(Outcome.NotReached.class::isInstance)
              || (calls.size() == 1 && outcomes.get(0) instanceof Outcome.Alone);
      if (outcomes.size() != calls.size() || without) {
        failed(new IllegalStateException("A command returned no outcomes for its calls"));
      } else {
        end(outcomes);
      }
    }

    private void failed(Throwable failure) {
      if (calls.size() == 1 || !mayBelongToOneCall(failure)) {
        Outcome<V> failed = new Outcome.Failed<>(failure);
        end(Collections.nCopies(calls.size(), failed));
        return;
      }
      end(BatchCommand.alone(calls));
    }

    private void end(List<Outcome<V>> outcomes) {
      synchronized (this) {
        if (ended) {
          return;
        }
        ended = true;
        if (limit != null) {
          limit.cancel();
        }
      }
      synchronized (Batcher.this) {
        if (passed) {
          slow--;
        } else {
          underWay = false;
        }
        for (int index = calls.size() - 1; index >= 0; index--) {
          boolean alone = outcomes.get(index) instanceof Outcome.Alone;
          if (alone || outcomes.get(index) instanceof Outcome.NotReached) {
            calls.get(index).alone |= alone;
            waiting.addFirst(calls.get(index));
          }
        }
      }
      Batcher.this.send();
      for (int index = 0; index < calls.size(); index++) {
        calls.get(index).complete(outcomes.get(index));
      }
    }
  }
}
