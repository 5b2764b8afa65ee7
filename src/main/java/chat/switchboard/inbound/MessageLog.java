package chat.switchboard.inbound;

import chat.switchboard.address.Mask;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.librechat.Appended;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Writes one log line for each message, under the id of the message in the conversation, and a
 * second line for a message that was stored in the inbox first. A line names the sender and the
 * conversation, and never the text.
 */
final class MessageLog {

  private static final Logger LOG = Logger.getLogger("chat.switchboard.road");

  /** The field of the JSON log; the id is also part of the sentence. */
  private static final String ID = "messageId";

  private MessageLog() {}

  /** Logs that the message is in its conversation. */
  static void appended(LaneItem item, Appended appended) {
    if (appended instanceof Appended.Before || !LOG.isInfoEnabled()) {
      return;
    }
    Object phone =
        item.message.metadata() == null ? null : item.message.metadata().get("phoneNumber");
    say(
        item.messageId(),
        String.format(
            "Message %s: %s%s, appended to conversation %s after %d ms.",
            item.messageId(),
            item.message.source(),
            phone == null ? "" : " from " + Mask.phone(phone.toString()),
            item.conversation().conversationId,
            item.age().toMillis()));
  }

  /** Logs the response to the caller; a message in its conversation has its line already. */
  static void answered(InboundMessage message, Receipt receipt, Duration time) {
    if (receipt instanceof Receipt.Stored || !LOG.isInfoEnabled()) {
      return;
    }
    String who =
        message.destination() instanceof ToContact to
            ? message.source() + " from " + Mask.phone(to.contact().from())
            : message.source();
    if (receipt instanceof Receipt.Kept kept) {
      String id = kept.entry().messageId == null ? kept.entry().id : kept.entry().messageId;
      say(
          id,
          String.format(
              "Message %s: %s, kept in the inbox after %d ms.", id, who, time.toMillis()));
    } else {
      LOG.infof(
          "A message: %s, not stored after %d ms: %s.", who, time.toMillis(), receipt.outcome());
    }
  }

  private static void say(String id, String line) {
    MDC.put(ID, id);
    try {
      LOG.info(line);
    } finally {
      MDC.remove(ID);
    }
  }
}
