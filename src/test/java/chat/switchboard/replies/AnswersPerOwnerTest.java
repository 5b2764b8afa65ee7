package chat.switchboard.replies;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The answers that are generated at once for one owner. */
@Tag("unit")
class AnswersPerOwnerTest {

  private final AnswersPerOwner owners =
      new AnswersPerOwner(
          (RepliesConfig)
              Proxy.newProxyInstance(
                  RepliesConfig.class.getClassLoader(),
                  new Class<?>[] {RepliesConfig.class},
                  (proxy, method, arguments) -> 2));

  private final CompletableFuture<String> answer = new CompletableFuture<>();

  @Test
  void an_owner_has_as_many_answers_at_once_as_configured() {
    begin("ann");
    begin("ann");
    assertThat(begin("ann").getNow(null)).isEmpty();
    assertThat(begin("bob")).as("another owner").isNotDone();
  }

  @Test
  void an_answer_that_ends_makes_room_for_the_next() {
    CompletableFuture<Optional<String>> first = begin("ann");
    begin("ann");
    answer.complete("words");
    assertThat(first.getNow(null)).contains("words");
    assertThat(begin("ann").getNow(null)).contains("words");
  }

  @Test
  void an_answer_that_fails_or_is_cancelled_makes_room_as_well() {
    Cancellable cancelled = subscribed("ann");
    begin("ann");
    cancelled.cancel();
    assertThat(begin("ann")).isNotDone();
    answer.completeExceptionally(new IllegalStateException("LibreChat is away"));
    assertThat(
            owners
                .run("ann", () -> Uni.createFrom().item("other"))
                .await()
                .atMost(Duration.ofSeconds(60)))
        .contains("other");
  }

  @Test
  void a_refused_answer_takes_no_room_away() {
    begin("ann");
    Cancellable second = subscribed("ann");
    for (int i = 0; i < 10; i++) {
      assertThat(begin("ann").getNow(null)).isEmpty();
    }
    second.cancel();
    assertThat(begin("ann")).isNotDone();
  }

  private CompletableFuture<Optional<String>> begin(String owner) {
    return owners
        .run(owner, () -> Uni.createFrom().completionStage(answer.copy()))
        .subscribe()
        .asCompletionStage();
  }

  private Cancellable subscribed(String owner) {
    return owners
        .run(owner, () -> Uni.createFrom().completionStage(answer.copy()))
        .subscribe()
        .with(ended -> {}, failure -> {});
  }
}
