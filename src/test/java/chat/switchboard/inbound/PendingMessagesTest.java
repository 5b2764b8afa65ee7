package chat.switchboard.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.Appended;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.NewMessage;
import chat.switchboard.support.FakeTimers;
import io.smallrye.mutiny.TimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every message in a lane, and every copy of a message, has exactly one outcome. */
@Tag("unit")
class PendingMessagesTest {

  private final FakeTimers timers = new FakeTimers();
  private final PendingMessages pending = new PendingMessages();

  @Test
  void messages_are_pending_once_they_are_admitted_in_the_order_of_their_arrival() {
    LaneItem first = added(unkept());
    LaneItem second = added(unkept());
    assertThat(pending.isEmpty()).isTrue();
    assertThat(pending.hasArrivals()).isTrue();
    pending.admit();
    assertThat(pending.newest()).containsExactly(first, second);
    assertThat(pending.hasArrivals()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {63, 64, 65, 200})
  void no_more_than_64_messages_are_pending_at_once_and_the_others_follow(int count) {
    List<LaneItem> all =
        new ArrayList<>(IntStream.range(0, count).mapToObj(i -> added(unkept())).toList());
    List<LaneItem> appended = new ArrayList<>();
    do {
      pending.admit();
      // However often the lane looks while the messages wait.
      pending.admit();
      assertThat(pending.newest()).hasSizeBetween(1, 64);
      for (LaneItem item : List.copyOf(pending.newest())) {
        pending.finish(now(item));
        appended.add(item);
      }
    } while (pending.hasArrivals());
    assertThat(appended).containsExactlyElementsOf(all);
    assertThat(all).allSatisfy(item -> assertThat(end(item)).isInstanceOf(Appended.Now.class));
  }

  @Test
  void of_several_copies_the_first_is_the_message_and_the_others_are_repeats() {
    LaneItem message = added(unkept());
    LaneItem copy = added(copyOf(message));
    LaneItem late = copyOf(message);
    pending.admit();
    pending.add(late);
    pending.admit();
    assertThat(pending.newest()).as("one message, by its newest copy").containsExactly(late);
    pending.finish(now(message));
    assertThat(end(message)).isInstanceOf(Appended.Now.class);
    assertThat(end(copy)).isInstanceOf(Appended.Before.class);
    assertThat(end(late)).isInstanceOf(Appended.Before.class);
    assertThat(pending.isEmpty()).isTrue();
  }

  @Test
  void a_message_of_another_replica_that_is_appended_with_ours_ends_nothing_here() {
    LaneItem ours = added(unkept());
    pending.admit();
    pending.finish(now(unkept()));
    assertThat(pending.newest()).containsExactly(ours);
  }

  @Test
  void a_kept_message_that_is_missing_from_the_inbox_has_vanished() {
    LaneItem kept = added(kept());
    LaneItem missing = added(kept());
    added(unkept());
    pending.admit();
    assertThat(pending.vanished(List.of(entry(kept)))).containsExactly(missing);
  }

  @Test
  void a_backlog_that_may_be_cut_off_proves_nothing() {
    added(kept());
    pending.admit();
    List<InboxEntry> others = IntStream.range(0, 64).mapToObj(i -> entry(kept())).toList();
    assertThat(pending.vanished(others)).isEmpty();
    assertThat(pending.vanished(others.subList(0, 63))).hasSize(1);
  }

  @Test
  void a_vanished_message_ends_by_what_the_inbox_says() {
    LaneItem appended = added(kept());
    LaneItem dropped = added(kept());
    LaneItem late = added(kept());
    pending.admit();
    Message message = new Message();
    pending.finishVanished(appended.messageId(), new Inbox.Outcome.Stands(message));
    pending.finishVanished(dropped.messageId(), new Inbox.Outcome.Dropped());
    pending.finishVanished(late.messageId(), new Inbox.Outcome.StillThere());
    assertThat(end(appended)).isEqualTo(new Appended.Before(message));
    assertThat(failure(dropped))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("dropped");
    assertThat(pending.newest()).containsExactly(late);
    assertThat(isOpen(late)).isTrue();
  }

  @Test
  void a_message_is_left_to_the_holder_of_the_lease_when_it_is_kept_and_has_waited_enough() {
    LaneItem kept = added(kept());
    LaneItem unkept = added(unkept());
    timers.pass(Duration.ofSeconds(1));
    LaneItem young = added(kept());
    pending.admit();
    timers.pass(Duration.ofSeconds(30));
    pending.leaveToHolder(Duration.ofSeconds(30));
    assertThat(failure(kept)).isInstanceOf(TimeoutException.class);
    assertThat(pending.newest()).containsExactly(unkept, young);
  }

  @Test
  void a_message_with_a_young_copy_is_not_left_to_the_holder_yet() {
    LaneItem old = added(kept());
    timers.pass(Duration.ofSeconds(31));
    LaneItem young = added(copyOf(old));
    pending.admit();
    pending.leaveToHolder(Duration.ofSeconds(30));
    assertThat(pending.newest()).containsExactly(young);
    timers.pass(Duration.ofSeconds(31));
    pending.leaveToHolder(Duration.ofSeconds(30));
    assertThat(pending.isEmpty()).isTrue();
    assertThat(failure(young)).isInstanceOf(TimeoutException.class);
  }

  @Test
  void a_failed_round_is_repeated_only_while_all_callers_wait_still() {
    Duration time = Duration.ofSeconds(5);
    assertThat(pending.areYoungerThan(time)).as("without a caller").isFalse();
    LaneItem first = added(unkept());
    timers.pass(Duration.ofSeconds(4));
    added(copyOf(first));
    pending.admit();
    assertThat(pending.areYoungerThan(time)).isTrue();
    timers.pass(Duration.ofSeconds(1));
    assertThat(pending.areYoungerThan(time)).isFalse();
  }

  @Test
  void a_failure_ends_the_pending_messages_and_leaves_those_that_arrive() {
    List<LaneItem> all = IntStream.range(0, 65).mapToObj(i -> added(unkept())).toList();
    pending.admit();
    pending.fail(new IllegalStateException("the database is away"));
    assertThat(all.subList(0, 64)).allMatch(item -> failure(item) != null);
    assertThat(isOpen(all.get(64))).isTrue();
    assertThat(pending.hasArrivals()).isTrue();
  }

  @Test
  void the_stop_of_the_service_ends_all_messages() {
    List<LaneItem> all = IntStream.range(0, 300).mapToObj(i -> added(unkept())).toList();
    pending.admit();
    pending.failAll(new IllegalStateException("the service stops"));
    assertThat(all).allMatch(item -> failure(item) != null);
    assertThat(pending.hasArrivals()).isFalse();
    assertThat(pending.isEmpty()).isTrue();
  }

  @Test
  void the_callers_of_all_copies_hear_that_the_message_waits_for_an_answer() {
    LaneItem message = added(unkept());
    LaneItem copy = added(copyOf(message));
    LaneItem arriving = unkept();
    pending.admit();
    pending.add(arriving);
    pending.haveToWait();
    assertThat(List.of(message, copy)).allMatch(PendingMessagesTest::waits);
    assertThat(waits(arriving)).isFalse();
  }

  @Test
  void the_oldest_message_is_by_when_it_came_and_not_by_its_place() {
    assertThat(pending.oldest()).isEqualTo(Long.MAX_VALUE);
    pending.add(item(null, 2_000));
    pending.add(item(null, 1_000));
    pending.admit();
    assertThat(pending.oldest()).isEqualTo(1_000);
  }

  @Test
  void a_message_that_waited_does_not_go_into_a_conversation_that_was_deleted_meanwhile() {
    LaneItem old = added(unkept());
    timers.pass(Duration.ofSeconds(3));
    LaneItem young = added(unkept());
    pending.admit();
    pending.expire(Duration.ofSeconds(4));
    assertThat(pending.outdated()).isEmpty();
    pending.expire(Duration.ofSeconds(2));
    assertThat(pending.outdated()).contains(old.conversation());
    assertThat(pending.read(Optional.empty())).isFalse();
    assertThat(pending.newest()).containsExactly(young);
    assertThat(catchThrowable(() -> old.outcome().await().indefinitely()))
        .isInstanceOf(ConversationChanged.class);
  }

  @Test
  void a_conversation_that_was_read_again_is_not_outdated() {
    LaneItem item = added(unkept());
    item.conversation().user = "an owner";
    timers.pass(Duration.ofSeconds(3));
    pending.admit();
    pending.expire(Duration.ofSeconds(2));
    assertThat(pending.outdated()).isPresent();
    assertThat(pending.read(Optional.of(item.conversation()))).isTrue();
    pending.expire(Duration.ofSeconds(2));
    assertThat(pending.outdated()).isEmpty();
  }

  @Test
  void a_message_that_names_a_conversation_has_no_sender() {
    added(unkept());
    LaneItem kept = added(kept());
    entry(kept).sender = "+15550001111 to +15550002222";
    added(kept());
    pending.admit();
    assertThat(pending.senders()).containsExactly("+15550001111 to +15550002222");
    assertThat(pending.areAllUnkept()).isFalse();
  }

  private LaneItem added(LaneItem item) {
    pending.add(item);
    return item;
  }

  private LaneItem unkept() {
    return item(null, 0);
  }

  private LaneItem kept() {
    InboxEntry entry = new InboxEntry();
    entry.id = UUID.randomUUID().toString();
    return item(entry, 0);
  }

  private LaneItem item(InboxEntry entry, long receivedAt) {
    return new LaneItem(
        new Conversation(), message(UUID.randomUUID()), receivedAt, entry, timers::nanoTime);
  }

  private LaneItem copyOf(LaneItem item) {
    return new LaneItem(
        item.conversation(), item.message, 0, item.entry().orElse(null), timers::nanoTime);
  }

  private static NewMessage message(UUID id) {
    return new NewMessage(id, List.of("text"), "SMS", "sms", new Document());
  }

  private static InboxEntry entry(LaneItem item) {
    return item.entry().orElseThrow();
  }

  private static Appended now(LaneItem item) {
    Message message = new Message();
    message.messageId = item.messageId();
    return new Appended.Now(message);
  }

  private static CompletableFuture<Appended> outcome(LaneItem item) {
    return item.outcome().subscribe().asCompletionStage();
  }

  private static Appended end(LaneItem item) {
    return outcome(item).getNow(null);
  }

  /** Returns null where the message did not fail. */
  private static Throwable failure(LaneItem item) {
    Throwable thrown = catchThrowable(() -> outcome(item).getNow(null));
    return thrown == null ? null : thrown.getCause();
  }

  private static boolean isOpen(LaneItem item) {
    return !outcome(item).isDone();
  }

  private static boolean waits(LaneItem item) {
    return item.waiting().subscribe().asCompletionStage().isDone();
  }
}
