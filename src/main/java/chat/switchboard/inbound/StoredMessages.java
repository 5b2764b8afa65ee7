package chat.switchboard.inbound;

import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.inbound.Receipt.Reason;
import chat.switchboard.librechat.Appended;
import chat.switchboard.librechat.Messages;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.routing.Route.MappingUsed;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Finds the messages that earlier requests stored. */
@Singleton
class StoredMessages {

  private final Inbox inbox;
  private final Messages messages;

  StoredMessages(Inbox inbox, Messages messages) {
    this.inbox = inbox;
    this.messages = messages;
  }

  /** Whether this message of Twilio's came before. */
  Uni<Boolean> isKnown(TwilioMessage message) {
    String id = DedupeIds.of(message).toString();
    return inbox
        .has(id)
        // LibreChat's message outlives the entry.
        .flatMap(kept -> kept ? Uni.createFrom().item(true) : messages.exists(id));
  }

  /** Returns the receipt of an appended entry, for a repetition. */
  Uni<Receipt> receipt(InboxEntry entry) {
    if (entry.messageId == null) {
      // The message was a code alone, and the first request was answered.
      return Uni.createFrom().item(new Receipt.Linked(Optional.empty()));
    }
    return messages
        .find(entry.messageId, entry.user)
        .map(
            found ->
                found
                    .<Receipt>map(
                        message ->
                            new Receipt.Stored(
                                message, EntryRouter.mapping(entry), true, Optional.empty()))
                    .orElseGet(() -> new Receipt.Refused(Reason.GONE)));
  }

  /**
   * Returns the receipt of a message that a lane appended.
   *
   * @param isFirst whether this request is the first with this message: another replica may append
   *     the message during the request
   */
  static Receipt receipt(
      Appended appended, Optional<MappingUsed> mapping, Optional<String> notice, boolean isFirst) {
    FaultPoint.reached("announced");
    boolean replayed = appended instanceof Appended.Before && !isFirst;
    return new Receipt.Stored(
        appended.message(), mapping, replayed, replayed ? Optional.empty() : notice);
  }
}
