package chat.switchboard.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.MultiEmitter;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class BatchingSubscriberTest {

  private final List<List<Integer>> batches = new ArrayList<>();
  private final List<Throwable> ends = new ArrayList<>();
  private final AtomicReference<MultiEmitter<? super Integer>> source = new AtomicReference<>();
  private UniEmitter<? super Void> atWork;

  @Test
  void an_item_waits_for_no_other_and_items_that_arrive_meanwhile_are_one_batch() {
    open();
    source.get().emit(1).emit(2).emit(3);
    assertThat(batches).containsExactly(List.of(1));
    atWork.complete(null);
    assertThat(batches).containsExactly(List.of(1), List.of(2, 3));
    atWork.complete(null);
    source.get().emit(4);
    assertThat(batches).containsExactly(List.of(1), List.of(2, 3), List.of(4));
  }

  @Test
  void no_more_items_are_taken_than_may_wait() {
    List<List<Integer>> sizes = new ArrayList<>();
    List<UniEmitter<? super Void>> working = new ArrayList<>();
    List<Long> requested = new ArrayList<>();
    BatchingSubscriber.of(
        Multi.createFrom().range(0, 1_000).onRequest().invoke(requested::add),
        100,
        batch -> {
          sizes.add(batch);
          return Uni.createFrom().emitter(working::add);
        },
        ends::add);
    assertThat(requested.stream().mapToLong(Long::longValue).sum()).isEqualTo(100);
    while (!working.isEmpty()) {
      working.remove(0).complete(null);
    }
    assertThat(sizes.stream().flatMap(List::stream))
        .containsExactlyElementsOf(IntStream.range(0, 1_000).boxed().toList());
    assertThat(sizes).allSatisfy(batch -> assertThat(batch).hasSizeLessThanOrEqualTo(100));
    assertThat(ends).hasSize(1).containsOnlyNulls();
  }

  @Test
  void the_end_of_the_stream_comes_after_its_last_batch() {
    open();
    source.get().emit(1).complete();
    assertThat(ends).isEmpty();
    atWork.complete(null);
    assertThat(ends).hasSize(1).containsOnlyNulls();
  }

  @Test
  void a_failed_batch_ends_the_stream_once() {
    open();
    source.get().emit(1).emit(2);
    atWork.fail(new IllegalStateException("broken"));
    assertThat(ends).singleElement().isInstanceOf(IllegalStateException.class);
    source.get().fail(new IllegalStateException("later"));
    assertThat(ends).hasSize(1);
    assertThat(batches).hasSize(1);
  }

  @Test
  void after_a_cancellation_nothing_is_taken_and_no_end_is_told() {
    Cancellable open = open();
    source.get().emit(1).emit(2);
    open.cancel();
    atWork.complete(null);
    assertThat(batches).hasSize(1);
    assertThat(ends).isEmpty();
  }

  private Cancellable open() {
    return BatchingSubscriber.<Integer>of(
        Multi.createFrom().<Integer>emitter(source::set),
        100,
        batch -> {
          batches.add(batch);
          return Uni.createFrom().emitter(emitter -> atWork = emitter);
        },
        ends::add);
  }
}
