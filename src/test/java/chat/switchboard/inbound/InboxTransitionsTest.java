package chat.switchboard.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboxEntry.State;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.mongo.Batchers;
import chat.switchboard.routing.Contact;
import chat.switchboard.routing.Route.Into;
import chat.switchboard.routing.Route.MappingUsed;
import chat.switchboard.support.FakeTimers;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.model.Updates;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The fields that each step of an inbox entry changes; the steps run in the tests of the doors. */
@Tag("unit")
class InboxTransitionsTest {

  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
  private static final Date NEXT = Date.from(NOW.plusSeconds(7));
  private static final Duration RETENTION = Duration.ofDays(30);

  private final InboxTransitions transitions =
      new InboxTransitions(
          null,
          null,
          null,
          () -> RETENTION,
          new Batchers(new FakeTimers()),
          Clock.fixed(NOW, ZoneOffset.UTC));

  @ParameterizedTest
  @CsvSource({"RECEIVED, true, false", "APPENDED, false, true", "DEAD, false, false"})
  void each_state_says_whether_a_replica_still_appends_the_message(
      State state, boolean open, boolean last) {
    assertThat(state.isOpen()).isEqualTo(open);
    assertThat(state.isFinal()).isEqualTo(last);
  }

  @Test
  void a_waiting_entry_keeps_its_text_and_its_next_attempt() {
    BsonDocument changes = bson(transitions.to(State.RECEIVED, NEXT, Updates.inc("attempts", 1)));
    assertThat(changes)
        .isEqualTo(
            BsonDocument.parse(
                "{$inc: {attempts: 1}, $set: {state: 'RECEIVED', nextAttemptAt:"
                    + " {$date: '2026-11-25T12:00:07Z'}}}"));
  }

  @Test
  void an_appended_entry_loses_its_text_and_is_removed_after_the_retention() {
    assertThat(bson(transitions.to(State.APPENDED, NEXT)))
        .isEqualTo(
            BsonDocument.parse(
                "{$set: {state: 'APPENDED', forgetAt: {$date: '2026-12-25T12:00:00Z'}},"
                    + " $unset: {nextAttemptAt: '', envelope: '', error: ''}}"));
  }

  @Test
  void a_dead_letter_keeps_its_text_and_its_error_and_is_never_removed_by_the_database() {
    assertThat(bson(transitions.to(State.DEAD, NEXT, Updates.set("error", "why"))))
        .isEqualTo(
            BsonDocument.parse(
                "{$set: {error: 'why', state: 'DEAD'}, $unset: {nextAttemptAt: ''}}"));
  }

  @ParameterizedTest
  @EnumSource(State.class)
  void only_an_open_entry_has_a_next_attempt_and_only_a_final_entry_an_end(State state) {
    BsonDocument set = bson(transitions.to(state, NEXT)).getDocument("$set");
    assertThat(set.containsKey("nextAttemptAt")).isEqualTo(state.isOpen());
    assertThat(set.containsKey("forgetAt")).isEqualTo(state.isFinal());
  }

  @Test
  void unrouting_removes_each_field_that_routing_sets_except_the_text() {
    BsonDocument routed = bson(InboxTransitions.routed(message(), into(), UUID.randomUUID()));
    BsonDocument unrouted = bson(InboxTransitions.unrouted());
    assertThat(routed.getDocument("$set").keySet())
        .filteredOn(field -> !field.startsWith("envelope."))
        .containsExactlyElementsOf(unrouted.getDocument("$unset").keySet());
  }

  @Test
  void routing_stores_the_text_behind_the_code_and_the_label_of_the_person() {
    BsonDocument set =
        bson(InboxTransitions.routed(message(), into(), UUID.randomUUID())).getDocument("$set");
    assertThat(set.getArray("envelope.parts").get(0).asString().getValue()).isEqualTo("hello");
    assertThat(set.getString("envelope.sender").getValue()).isEqualTo("Ann");
    assertThat(set.getString("mappingId").getValue()).isEqualTo("m");
    assertThat(set.getBoolean("mappingCreated").getValue()).isTrue();
  }

  private static Into into() {
    Conversation conversation = new Conversation();
    conversation.conversationId = UUID.randomUUID().toString();
    conversation.user = "owner";
    return new Into(
        conversation,
        Optional.of(new MappingUsed("m", conversation.conversationId, true)),
        Optional.of("hello"),
        Optional.of("Ann"),
        Optional.empty(),
        Optional.empty());
  }

  private static InboundMessage message() {
    return new InboundMessage(
        new ToContact(new Contact("+15551234567", Optional.of("+15557654321"), "sms")),
        List.of("A7C4KX hello"),
        "SMS",
        "sms",
        new Document(),
        Optional.empty(),
        true);
  }

  private static BsonDocument bson(Bson changes) {
    return changes.toBsonDocument(Document.class, MongoClientSettings.getDefaultCodecRegistry());
  }
}
