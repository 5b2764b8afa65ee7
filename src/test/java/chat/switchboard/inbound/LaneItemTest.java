package chat.switchboard.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.librechat.Appended;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.NewMessage;
import chat.switchboard.support.FakeTimers;
import chat.switchboard.support.LogLines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.logging.LogRecord;
import org.bson.Document;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A message has one end, and its end has one line in the log. */
@Tag("unit")
class LaneItemTest {

  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

  private final FakeTimers timers = new FakeTimers();

  @Test
  void an_appended_message_has_one_line_under_its_id_that_shows_no_text_and_no_whole_number() {
    LaneItem item = item(new Document("phoneNumber", "+15550001234"));
    timers.pass(Duration.ofMillis(12));
    try (LogLines lines = LogLines.of("chat.switchboard.road")) {
      item.done(new Appended.Now(new Message()));
      item.done(new Appended.Now(new Message()));
      assertThat(lines.texts()).hasSize(1);
      assertThat(lines.texts().get(0))
          .startsWith("Message " + ID + ": sms from ")
          .endsWith(", appended to conversation a conversation after 12 ms.")
          .doesNotContain("5550001", "secret");
      assertThat(lines.records())
          .extracting(LaneItemTest::messageId)
          .containsExactly(ID.toString());
    }
  }

  @Test
  void a_message_without_a_phone_has_a_line_without_a_sender() {
    try (LogLines lines = LogLines.of("chat.switchboard.road")) {
      item(new Document()).done(new Appended.Now(new Message()));
      item(null).done(new Appended.Now(new Message()));
      assertThat(lines.texts())
          .hasSize(2)
          .allSatisfy(line -> assertThat(line).startsWith("Message " + ID + ": sms, appended"));
    }
  }

  @Test
  void a_repetition_and_a_failure_have_no_line() {
    try (LogLines lines = LogLines.of("chat.switchboard.road")) {
      item(null).done(new Appended.Before(new Message()));
      LaneItem failed = item(null);
      failed.failed(new IllegalStateException("a fault"));
      failed.done(new Appended.Now(new Message()));
      assertThat(lines.texts()).isEmpty();
    }
  }

  @Test
  void a_caller_that_stops_waiting_does_not_end_the_message() {
    LaneItem item = item(null);
    List<String> ends = new ArrayList<>();
    item.whenDone(() -> ends.add("done"));
    item.outcome().subscribe().with(appended -> {}).cancel();
    item.waiting().subscribe().with(waits -> {}).cancel();
    assertThat(ends).as("the message still counts as inside its lane").isEmpty();
    item.hasToWait();
    assertThat(item.waiting().subscribe().asCompletionStage()).isCompleted();
    try (LogLines lines = LogLines.of("chat.switchboard.road")) {
      item.done(new Appended.Now(new Message()));
      assertThat(lines.texts()).hasSize(1);
    }
    assertThat(ends).containsExactly("done");
    assertThat(item.outcome().subscribe().asCompletionStage()).isCompleted();
  }

  @Test
  void a_failure_reaches_the_caller_as_it_is() {
    LaneItem item = item(null);
    List<Throwable> failures = new ArrayList<>();
    item.outcome().subscribe().with(appended -> {}, failures::add);
    IllegalStateException fault = new IllegalStateException("a fault");
    item.failed(fault);
    item.outcome().subscribe().with(appended -> {}, failures::add);
    assertThat(failures).containsExactly(fault, fault);
  }

  @Test
  void a_read_that_was_answered_long_before_the_other_reads_of_its_round_is_outdated() {
    LaneItem item = item(null);
    timers.pass(Duration.ofSeconds(3));
    item.expire(Duration.ofSeconds(2));
    assertThat(item.isOutdated()).isTrue();
    timers.pass(Duration.ofSeconds(3));
    item.read(conversation());
    assertThat(item.isOutdated()).isFalse();
    item.expire(Duration.ofSeconds(2));
    assertThat(item.isOutdated()).as("the owner may have deleted it in the 3 s").isTrue();
  }

  private static Conversation conversation() {
    Conversation conversation = new Conversation();
    conversation.conversationId = "a conversation";
    conversation.user = "a user";
    return conversation;
  }

  private LaneItem item(Document metadata) {
    return new LaneItem(
        conversation(),
        new NewMessage(ID, List.of("a secret text"), "Ann", "sms", metadata),
        0,
        null,
        timers::nanoTime);
  }

  private static String messageId(LogRecord record) {
    return ((ExtLogRecord) record).getMdc("messageId");
  }
}
