package chat.switchboard.inbound;

import chat.switchboard.inbound.InboundMessage.DedupeKey;
import chat.switchboard.inbound.InboundMessage.Destination;
import chat.switchboard.inbound.InboundMessage.HookDelivery;
import chat.switchboard.inbound.InboundMessage.IdempotencyKey;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.librechat.DeterministicIds;
import java.util.Optional;
import java.util.UUID;

/** Derives ids from the key of a message, so that a repetition has the ids of the first attempt. */
final class DedupeIds {

  private DedupeIds() {}

  /** Returns the id of the inbox entry of a message with this key. */
  static UUID entry(Destination destination, DedupeKey key) {
    if (key instanceof TwilioMessage twilio) {
      return of(twilio);
    }
    if (key instanceof HookDelivery delivery) {
      return delivery.messageId();
    }
    String value = ((IdempotencyKey) key).value();
    if (destination instanceof ToConversation to) {
      return DeterministicIds.uuid("key", to.conversationId().toString(), value);
    }
    ToContact to = (ToContact) destination;
    return DeterministicIds.uuid("key", to.contact().from(), to.contact().to().orElse(""), value);
  }

  /**
   * Returns the {@code messageId} in LibreChat: of account and SID, of hook and delivery, of
   * conversation and key, or the entry's own id for a message without a key.
   */
  static UUID message(Optional<DedupeKey> key, String entryId, String conversationId) {
    if (key.isEmpty()) {
      return UUID.fromString(entryId);
    }
    if (key.get() instanceof HookDelivery delivery) {
      return delivery.messageId();
    }
    return key.get() instanceof TwilioMessage twilio
        ? of(twilio)
        : DeterministicIds.uuid("key", conversationId, ((IdempotencyKey) key.get()).value());
  }

  /** Returns the id of a message of Twilio's, which is the id of its entry and in LibreChat. */
  static UUID of(TwilioMessage twilio) {
    return DeterministicIds.uuid("twilio", twilio.accountSid(), twilio.messageSid());
  }
}
