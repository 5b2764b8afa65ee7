package chat.switchboard.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.inbound.InboundMessage.DedupeKey;
import chat.switchboard.inbound.InboundMessage.Destination;
import chat.switchboard.inbound.InboundMessage.IdempotencyKey;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.routing.Contact;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A message is the same message after the inbox has kept it. */
@Tag("unit")
class EnvelopeTest {

  static Stream<InboundMessage> messages() {
    List<Destination> destinations =
        List.of(
            new ToConversation(UUID.fromString("00112233-4455-6677-8899-aabbccddeeff")),
            new ToContact(new Contact("+15550001111", Optional.empty(), "sms")),
            new ToContact(
                new Contact(
                    "whatsapp:+5541988885555",
                    Optional.of("whatsapp:+15557654321"),
                    "whatsapp",
                    Optional.of("A7C4KX"),
                    Optional.of("CH0123456789abcdef0123456789abcdef"),
                    true)));
    List<Optional<DedupeKey>> keys =
        List.of(
            Optional.empty(),
            Optional.of(new TwilioMessage("AC1", "SM1")),
            Optional.of(new IdempotencyKey("a key")));
    List<InboundMessage> messages = new ArrayList<>();
    for (Destination destination : destinations) {
      for (Optional<DedupeKey> key : keys) {
        messages.add(
            new InboundMessage(
                destination,
                List.of("first", "second"),
                "SMS",
                "sms",
                new Document("phoneNumber", "+15550001111"),
                key,
                true,
                false,
                Optional.of(false)));
        messages.add(
            new InboundMessage(
                destination,
                List.of("text"),
                "Ann",
                "whatsapp",
                new Document(),
                key,
                false,
                true,
                Optional.empty()));
      }
    }
    return messages.stream();
  }

  @ParameterizedTest
  @MethodSource("messages")
  void a_message_leaves_its_envelope_as_it_went_in(InboundMessage message) {
    Document stored = Document.parse(Envelope.seal(message).toJson());
    assertThat(Envelope.open(stored)).isEqualTo(message);
  }

  /** Documents of an earlier release have fewer fields. */
  @Test
  void an_envelope_without_the_later_fields_is_an_untrusted_message_that_may_be_answered() {
    InboundMessage message =
        Envelope.open(
            new Document("from", "+15550001111")
                .append("contactSource", "sms")
                .append("parts", List.of("text"))
                .append("sender", "SMS")
                .append("source", "sms")
                .append("metadata", new Document()));
    assertThat(message)
        .isEqualTo(
            new InboundMessage(
                new ToContact(new Contact("+15550001111", Optional.empty(), "sms")),
                List.of("text"),
                "SMS",
                "sms",
                new Document(),
                Optional.empty(),
                true));
  }
}
