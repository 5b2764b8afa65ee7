package chat.switchboard.inbound;

import chat.switchboard.address.PhoneAddress;
import chat.switchboard.inbound.InboundMessage.DedupeKey;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboxEntry.State;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.NewMessage;
import chat.switchboard.mongo.LeaseConfig;
import chat.switchboard.routing.Route;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.BsonTimestamp;

/** Makes the inbox entries of new messages. */
@Singleton
class EntryFactory {

  private final ReplyDecision replyDecision;
  private final LeaseConfig config;
  private final Clock clock;
  private final AtomicLong sequence = new AtomicLong();

  EntryFactory(ReplyDecision replyDecision, LeaseConfig config, Clock clock) {
    this.replyDecision = replyDecision;
    this.config = config;
    this.clock = clock;
  }

  /** Makes the entry of a message with a key, whose conversation is not known yet. */
  InboxEntry received(InboundMessage message, DedupeKey key) {
    UUID id = DedupeIds.entry(message.destination(), key);
    return entry(message, id, replyDecision.isWanted(message));
  }

  /**
   * Makes the entry of a message without a key, whose conversation and id are fixed. The entry has
   * the id of the message, which the message then has in the next conversation too.
   */
  InboxEntry routed(InboundMessage message, Route.Into route, NewMessage appended) {
    InboxEntry entry = entry(message, appended.messageId(), appended.toBeAnswered());
    entry.lane = route.conversation().conversationId;
    entry.user = route.conversation().user;
    entry.messageId = appended.messageId().toString();
    route
        .mapping()
        .ifPresent(
            used -> {
              entry.mappingId = used.id();
              entry.mappingCreated = used.created();
            });
    return entry;
  }

  /** Makes the entry of a file that follows its message; any replica appends it at once. */
  InboxEntry late(
      InboundMessage message, UUID id, Message first, String phoneNumber, boolean toBeAnswered) {
    InboxEntry entry = entry(message, id, toBeAnswered);
    entry.lane = first.conversationId;
    entry.user = first.user;
    entry.messageId = id.toString();
    entry.phoneNumber = phoneNumber;
    entry.nextAttemptAt = entry.receivedAt;
    return entry;
  }

  private InboxEntry entry(InboundMessage message, UUID id, boolean toBeAnswered) {
    InboxEntry entry = new InboxEntry();
    entry.id = id.toString();
    entry.fingerprint = Fingerprint.of(message);
    entry.state = State.RECEIVED;
    entry.envelope = Envelope.seal(message);
    entry.toBeAnswered = toBeAnswered;
    entry.sender = sender(message).orElse(null);
    entry.phoneNumber = message.destination() instanceof ToContact to ? to.contact().from() : null;
    entry.arrival = new BsonTimestamp(0, 0);
    entry.receivedAt = Date.from(clock.instant());
    entry.sequence = sequence.incrementAndGet();
    entry.attempts = 0;
    // The replica that receives the message appends it at once; others act when that one is dead.
    entry.nextAttemptAt = Date.from(clock.instant().plus(config.lease()));
    return entry;
  }

  /**
   * Returns the person and the service number, whose messages keep their order; empty for a message
   * that names a conversation.
   */
  static Optional<String> sender(InboundMessage message) {
    return message.destination() instanceof ToContact to
        ? Optional.of(
            PhoneAddress.of(to.contact().from()).account() + " " + to.contact().to().orElse(""))
        : Optional.empty();
  }
}
