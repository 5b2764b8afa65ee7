package chat.switchboard.feed;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Takes the items of a stream in batches, in order and one batch at a time. An item that arrives
 * while no batch is at work is a batch by itself, so that no item waits for others; items that
 * arrive meanwhile are the next batch.
 */
final class BatchingSubscriber<T> implements Flow.Subscriber<T>, Cancellable {

  private final int most;
  private final Function<List<T>, Uni<Void>> work;
  private final Consumer<Throwable> ended;

  /** The lock of the following fields is this object. */
  private final Queue<T> waiting = new ArrayDeque<>();

  private Flow.Subscription subscription;
  private boolean working;
  private boolean completed;
  private boolean over;

  private BatchingSubscriber(
      int most, Function<List<T>, Uni<Void>> work, Consumer<Throwable> ended) {
    this.most = most;
    this.work = work;
    this.ended = ended;
  }

  /**
   * @param most the maximum number of items in a batch, and of items that wait
   * @param work called for each batch after the previous batch
   * @param ended called once when the stream ends: with the failure of the stream or of a batch, or
   *     with null after the last batch of a stream that completes; not called after {@link
   *     #cancel()}
   */
  static <T> Cancellable of(
      Multi<T> items, int most, Function<List<T>, Uni<Void>> work, Consumer<Throwable> ended) {
    BatchingSubscriber<T> batches = new BatchingSubscriber<>(most, work, ended);
    items.subscribe().withSubscriber(batches);
    return batches;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    boolean cancelled;
    synchronized (this) {
      subscription = given;
      cancelled = over;
    }
    if (cancelled) {
      given.cancel();
    } else {
      given.request(most);
    }
  }

  @Override
  public void onNext(T item) {
    synchronized (this) {
      if (over) {
        return;
      }
      waiting.add(item);
      if (working) {
        return;
      }
      working = true;
    }
    next();
  }

  @Override
  public void onError(Throwable failure) {
    end(failure);
  }

  @Override
  public void onComplete() {
    boolean last;
    synchronized (this) {
      completed = true;
      last = !working;
    }
    if (last) {
      end(null);
    }
  }

  @Override
  public void cancel() {
    Flow.Subscription open;
    synchronized (this) {
      over = true;
      waiting.clear();
      open = subscription;
    }
    if (open != null) {
      open.cancel();
    }
  }

  private void next() {
    List<T> batch;
    boolean last;
    synchronized (this) {
      batch = new ArrayList<>(waiting);
      waiting.clear();
      working = !batch.isEmpty();
      last = batch.isEmpty() && completed;
    }
    if (batch.isEmpty()) {
      if (last) {
        end(null);
      }
      return;
    }
    Uni.createFrom()
        .deferred(() -> work.apply(batch))
        .subscribe()
        .with(
            done -> {
              if (!isOver()) {
                subscription().request(batch.size());
                next();
              }
            },
            this::end);
  }

  private synchronized boolean isOver() {
    return over;
  }

  private synchronized Flow.Subscription subscription() {
    return subscription;
  }

  private void end(Throwable failure) {
    synchronized (this) {
      if (over) {
        return;
      }
    }
    cancel();
    ended.accept(failure);
  }
}
