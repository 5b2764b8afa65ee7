package chat.switchboard.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.mongo.BatchCommand.Outcome;
import chat.switchboard.support.FakeTimers;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ServerAddress;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Calls that go to the database together, each with an outcome of its own. */
@Tag("unit")
class BatcherTest {

  private final FakeTimers timers = new FakeTimers();
  private final List<List<String>> sent = new ArrayList<>();
  private final ArrayDeque<UniEmitter<? super List<Outcome<String>>>> open = new ArrayDeque<>();
  private final List<String> cancelled = new ArrayList<>();
  private final Map<String, Object> ends = new LinkedHashMap<>();
  private Executor context = Runnable::run;
  private final Supplier<Executor> here = () -> task -> context.execute(task);
  private Batcher<String, String> batcher = batcher(BatchWaits.ONE_AT_A_TIME);

  private Batcher<String, String> batcher(BatchWaits waits) {
    return new Batcher<>(this::send, new BatchLimits<>(4, String::length, 20), waits, timers, here);
  }

  private Uni<List<Outcome<String>>> send(List<String> calls) {
    sent.add(calls);
    return Uni.createFrom()
        .<List<Outcome<String>>>emitter(open::add)
        .onCancellation()
        .invoke(() -> cancelled.addAll(calls));
  }

  @Test
  void a_call_alone_is_sent_at_once() {
    ask("a");
    assertThat(sent).containsExactly(List.of("a"));
    answer();
    assertThat(ends).containsExactly(Map.entry("a", "A"));
    assertThat(timers.running()).as("timers of ended commands").isZero();
  }

  @Test
  void calls_that_come_during_a_command_go_together_in_the_next() {
    ask("a", "b", "c", "d");
    assertThat(sent).containsExactly(List.of("a"));
    answer();
    assertThat(sent).containsExactly(List.of("a"), List.of("b", "c", "d"));
    answer();
    assertThat(ends)
        .containsExactly(
            Map.entry("a", "A"), Map.entry("b", "B"), Map.entry("c", "C"), Map.entry("d", "D"));
  }

  @Test
  void calls_of_the_same_turn_of_an_event_loop_go_together() {
    List<Runnable> turn = new ArrayList<>();
    context = turn::add;
    ask("a", "b");
    assertThat(sent).isEmpty();
    turn.get(0).run();
    assertThat(sent).containsExactly(List.of("a", "b"));
    assertThat(turn).as("starts that were planned").hasSize(1);
  }

  @Test
  void a_caller_gets_its_result_on_its_own_context() {
    ask("a", "b");
    List<Runnable> later = new ArrayList<>();
    context = later::add;
    answer();
    assertThat(ends).isEmpty();
    later.forEach(Runnable::run);
    assertThat(ends).containsOnlyKeys("a");
  }

  @Test
  void a_command_has_a_largest_number_and_a_largest_size_of_calls() {
    ask("first", "b", "c", "d", "e", "f", "ten letter", "ten letters", "x".repeat(30), "g");
    IntStream.range(0, 6).forEach(turn -> answer());
    assertThat(sent)
        .containsExactly(
            List.of("first"),
            List.of("b", "c", "d", "e"),
            List.of("f", "ten letter"),
            List.of("ten letters"),
            List.of("x".repeat(30)),
            List.of("g"));
  }

  @Test
  void a_failure_of_one_call_is_no_failure_of_another() {
    ask("first", "a", "b", "c");
    answer();
    RuntimeException fault = new IllegalStateException("a fault");
    open.poll()
        .complete(
            List.of(new Outcome.Done<>("A"), new Outcome.Failed<>(fault), new Outcome.Done<>("C")));
    assertThat(ends).containsEntry("a", "A").containsEntry("b", fault).containsEntry("c", "C");
  }

  @Test
  void calls_that_a_command_did_not_reach_go_first_in_the_next() {
    ask("first", "a", "b", "c");
    answer();
    ask("d");
    open.poll()
        .complete(
            List.of(
                new Outcome.Done<>("A"), new Outcome.NotReached<>(), new Outcome.NotReached<>()));
    assertThat(sent.get(2)).containsExactly("b", "c", "d");
    answer();
    assertThat(ends).containsEntry("b", "B").containsEntry("c", "C").containsEntry("d", "D");
  }

  @Test
  void calls_whose_result_a_command_cannot_tell_go_one_by_one() {
    ask("first", "a", "b", "c");
    answer();
    open.poll()
        .complete(List.of(new Outcome.Alone<>(), new Outcome.Done<>("B"), new Outcome.Alone<>()));
    answer();
    answer();
    assertThat(sent.subList(2, 4)).containsExactly(List.of("a"), List.of("c"));
    assertThat(ends).containsEntry("a", "A").containsEntry("b", "B").containsEntry("c", "C");
    ask("d");
    open.poll().complete(BatchCommand.alone(List.of("d")));
    assertThat(ends.get("d")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_call_that_the_database_refuses_fails_alone() {
    ask("first", "a", "b", "c");
    answer();
    RuntimeException fault = new IllegalArgumentException("b is no document");
    open.poll().fail(fault);
    assertThat(sent.get(2)).containsExactly("a");
    answer();
    assertThat(sent.get(3)).containsExactly("b");
    open.poll().fail(fault);
    assertThat(sent.get(4)).containsExactly("c");
    answer();
    assertThat(ends).containsEntry("a", "A").containsEntry("b", fault).containsEntry("c", "C");
  }

  @Test
  void an_unavailable_database_fails_all_calls_of_the_command_and_no_later_call() {
    ask("first", "a", "b");
    answer();
    ask("c");
    RuntimeException lost = new MongoSocketException("lost", new ServerAddress());
    open.poll().fail(lost);
    assertThat(ends).containsEntry("a", lost).containsEntry("b", lost).doesNotContainKey("c");
    assertThat(sent.get(2)).containsExactly("c");
    answer();
    assertThat(ends).containsEntry("c", "C");
  }

  @Test
  void a_command_that_throws_or_returns_too_few_outcomes_blocks_no_other() {
    batcher =
        new Batcher<>(
            calls -> {
              if (calls.contains("bad")) {
                throw new IllegalStateException("bad");
              }
              return calls.contains("few")
                  ? Uni.createFrom().item(List.of())
                  : Uni.createFrom().item(BatchCommand.same(calls, "fine"));
            },
            BatchLimits.ofSmallCalls(),
            BatchWaits.ONE_AT_A_TIME,
            timers,
            here);
    ask("bad", "few", "good");
    assertThat(ends.get("bad")).isInstanceOf(IllegalStateException.class);
    assertThat(ends.get("few")).isInstanceOf(IllegalStateException.class);
    assertThat(ends).containsEntry("good", "fine");
  }

  @Test
  void a_caller_that_goes_ends_no_command_and_no_other_call() {
    Cancellable first = ask("a");
    Cancellable second = ask("b");
    ask("c");
    first.cancel();
    second.cancel();
    assertThat(cancelled).isEmpty();
    answer();
    assertThat(sent).as("a call that was not sent is left out").endsWith(List.of("c"));
    answer();
    assertThat(ends).containsExactly(Map.entry("c", "C"));
  }

  @Test
  void a_uni_can_be_asked_again_after_its_caller_went() {
    Uni<String> asked = batcher.ask("a");
    asked.subscribe().with(value -> {}).cancel();
    answer();
    asked.subscribe().with(value -> ends.put("again", value));
    answer();
    assertThat(ends).containsExactly(Map.entry("again", "A"));
  }

  @Test
  void a_command_without_a_response_ends_and_the_next_begins() {
    ask("a");
    ask("b");
    timers.pass(Batcher.LONGEST.minusMillis(1));
    assertThat(ends).isEmpty();
    timers.pass(Duration.ofMillis(1));
    assertThat(ends.get("a")).isInstanceOf(MongoTimeoutException.class);
    assertThat(cancelled).containsExactly("a");
    assertThat(sent).endsWith(List.of("b"));
    open.poll().complete(BatchCommand.same(List.of("a"), "too late"));
    answer();
    assertThat(ends).containsEntry("b", "B");
    assertThat(timers.running()).isZero();
  }

  @Test
  void a_slow_command_does_not_hold_back_the_next() {
    batcher = batcher(new BatchWaits(Duration.ofMillis(500), 2, Duration.ofSeconds(2)));
    ask("a", "b");
    timers.pass(Duration.ofMillis(499));
    assertThat(sent).containsExactly(List.of("a"));
    timers.pass(Duration.ofMillis(1));
    assertThat(sent).containsExactly(List.of("a"), List.of("b"));
    ask("c");
    assertThat(sent).as("one command at a time besides the slow ones").hasSize(2);
    answer();
    assertThat(ends).containsExactly(Map.entry("a", "A"));
    assertThat(sent).as("the second command is not slow yet").hasSize(2);
    answer();
    answer();
    assertThat(ends).containsEntry("b", "B").containsEntry("c", "C");
    assertThat(timers.running()).isZero();
  }

  @Test
  void slow_commands_have_a_largest_number() {
    batcher = batcher(new BatchWaits(Duration.ofMillis(500), 2, Duration.ofMinutes(2)));
    for (String key : List.of("a", "b", "c", "d")) {
      ask(key);
      timers.pass(Duration.ofMillis(500));
    }
    assertThat(sent).containsExactly(List.of("a"), List.of("b"), List.of("c"));
    timers.pass(Batcher.LONGEST);
    assertThat(ends.get("a")).isInstanceOf(MongoTimeoutException.class);
    assertThat(ends.get("c")).isInstanceOf(MongoTimeoutException.class);
    assertThat(cancelled).containsExactly("a", "b", "c");
    ask("e");
    assertThat(sent).containsOnlyOnce(List.of("e"));
  }

  @Test
  void a_call_that_waited_too_long_is_not_sent() {
    batcher = batcher(new BatchWaits(Duration.ofSeconds(1), 0, Duration.ofSeconds(2)));
    ask("a", "b");
    timers.pass(Duration.ofMillis(1));
    ask("c");
    timers.pass(Duration.ofSeconds(2));
    answer();
    assertThat(ends.get("b")).isInstanceOf(CallNotSent.class);
    assertThat(DatabaseRetry.isPassing((Throwable) ends.get("b"))).isTrue();
    assertThat(sent).containsExactly(List.of("a"), List.of("c"));
    answer();
    assertThat(ends).containsEntry("c", "C");
    ask("b");
    assertThat(sent).as("nothing is under way").endsWith(List.of("b"));
  }

  @Test
  void a_full_queue_refuses_calls_at_once() {
    ask("a");
    ask(Collections.nCopies(Batcher.MOST_WAITING, "b").toArray(String[]::new));
    assertThat(ends).isEmpty();
    ask("c");
    assertThat(ends.get("c")).isInstanceOf(MongoTimeoutException.class);
  }

  private Cancellable ask(String... keys) {
    Cancellable last = null;
    for (String key : keys) {
      last =
          batcher
              .ask(key)
              .subscribe()
              .with(value -> ends.put(key, value), failure -> ends.put(key, failure));
    }
    return last;
  }

  /** Answers the oldest command: each call gets its key in capital letters. */
  private void answer() {
    List<String> calls = sent.get(sent.size() - open.size());
    open.poll()
        .complete(
            calls.stream()
                .<Outcome<String>>map(call -> new Outcome.Done<>(call.toUpperCase(Locale.ROOT)))
                .toList());
  }
}
