package chat.switchboard.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.inbound.InboundMessage.IdempotencyKey;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.routing.Contact;
import chat.switchboard.routing.Route;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How each caller is answered, and the ids that a key leads to. */
@Tag("unit")
class CallerTest {

  private static final TwilioMessage SID = new TwilioMessage("AC1", "SM1");
  private static final IdempotencyKey KEY = new IdempotencyKey("k");

  @Test
  void the_key_tells_twilio_from_a_program() {
    assertThat(Caller.of(SID)).isEqualTo(Caller.TWILIO);
    assertThat(Caller.of(KEY)).isEqualTo(Caller.PROGRAM);
  }

  @ParameterizedTest
  @CsvSource({
    "TWILIO, false, true, PT2S",
    "PROGRAM, true, false, PT5S",
    "NONE, false, false, PT5S"
  })
  void twilio_is_answered_soon_and_once_its_message_is_kept(
      Caller caller, boolean comparesContent, boolean acceptsKept, Duration timeout) {
    assertThat(caller.comparesContent()).isEqualTo(comparesContent);
    assertThat(caller.acceptsKept()).isEqualTo(acceptsKept);
    assertThat(caller.timeout(Duration.ofSeconds(5))).isEqualTo(timeout);
  }

  @ParameterizedTest
  @CsvSource({
    "NO_OWNER, true, false, false",
    "NO_CONVERSATION, true, false, false",
    "READ_ONLY, true, false, false",
    "STRANGER, true, true, true",
    "WRONG_CODE, true, true, true",
    "TOO_MANY_CODES, true, true, true"
  })
  void a_refusal_that_an_operator_can_end_is_a_dead_letter_unless_a_program_is_told(
      Route.Reason reason, boolean program, boolean twilio, boolean later) {
    assertThat(Caller.PROGRAM.takesBack(reason)).isEqualTo(program);
    assertThat(Caller.TWILIO.takesBack(reason)).isEqualTo(twilio);
    assertThat(Caller.NONE.takesBack(reason)).isEqualTo(later);
  }

  @ParameterizedTest
  @EnumSource(Route.Reason.class)
  void each_refusal_of_a_route_is_a_refusal_of_the_same_name(Route.Reason reason) {
    assertThat(Receipt.Reason.of(reason).name()).isEqualTo(reason.name());
  }

  /** docs/metrics.md names these values. */
  @Test
  void the_outcomes_of_the_metric_are_single_words() {
    assertThat(Arrays.stream(Receipt.Reason.values()).map(Receipt.Reason::outcome))
        .containsExactly(
            "stranger",
            "wrongcode",
            "toomanycodes",
            "busy",
            "conflict",
            "gone",
            "noconversation",
            "readonly",
            "noowner");
    assertThat(new Receipt.Linked(Optional.empty()).outcome()).isEqualTo("linked");
    assertThat(new Receipt.Kept(null).outcome()).isEqualTo("kept");
    assertThat(new Receipt.Stored(null, Optional.empty(), false, Optional.empty()).outcome())
        .isEqualTo("stored");
    assertThat(new Receipt.Refused(Receipt.Reason.BUSY).outcome()).isEqualTo("busy");
  }

  /** Stored messages have these ids: a repetition must find them after an update, too. */
  @Test
  void the_ids_of_a_key_stay_the_same_in_every_release() {
    Contact contact = new Contact("+15550001111", Optional.of("+15557654321"), "sms");
    assertThat(DedupeIds.of(SID)).hasToString("bbbab176-f0ab-5def-999e-0a4fc4ee04fd");
    assertThat(DedupeIds.entry(new ToContact(contact), KEY))
        .hasToString("ff446fa3-8387-5108-9695-dead14df934e");
    assertThat(
            DedupeIds.entry(
                new ToContact(new Contact("+15550001111", Optional.empty(), "sms")), KEY))
        .hasToString("1d1825fa-9a30-5d12-b493-453053caf329");
    assertThat(DedupeIds.message(Optional.of(KEY), "e", "a conversation"))
        .hasToString("5b4cf450-5c9a-50d0-a9a8-fd892633c39a");
  }

  @Test
  void a_message_of_twilio_has_one_id_everywhere() {
    UUID first = UUID.randomUUID();
    UUID second = UUID.randomUUID();
    assertThat(DedupeIds.entry(new ToConversation(first), SID))
        .isEqualTo(DedupeIds.of(SID))
        .isEqualTo(DedupeIds.message(Optional.of(SID), "e", second.toString()));
  }

  @Test
  void a_key_names_another_message_in_another_conversation() {
    UUID first = UUID.randomUUID();
    assertThat(DedupeIds.entry(new ToConversation(first), KEY))
        .isEqualTo(DedupeIds.message(Optional.of(KEY), "e", first.toString()))
        .isNotEqualTo(DedupeIds.entry(new ToConversation(UUID.randomUUID()), KEY));
  }

  @Test
  void a_message_without_a_key_keeps_the_id_of_its_entry_in_every_conversation() {
    UUID entry = UUID.randomUUID();
    assertThat(DedupeIds.message(Optional.empty(), entry.toString(), "here"))
        .isEqualTo(entry)
        .isEqualTo(DedupeIds.message(Optional.empty(), entry.toString(), "there"));
  }
}
