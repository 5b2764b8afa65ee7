package chat.switchboard.stream;

import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.MessageView;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;

/** Tells the owner's browsers that a message stands in a conversation. */
@ApplicationScoped
public class Announcer {

  private static final String EVENT = "newMessage";

  private final Subscriptions subscriptions;
  private final ObjectMapper json;

  Announcer(Subscriptions subscriptions, ObjectMapper json) {
    this.subscriptions = subscriptions;
    this.json = json;
  }

  /** Tells everyone who listens for this message's owner; nobody waits for anybody. */
  public void announce(Message message) {
    if (!subscriptions.anyFor(message.user)) {
      return;
    }
    subscriptions.publish(message.user, message.conversationId, frame(message));
  }

  private Buffer frame(Message message) {
    MessageEvent event =
        new MessageEvent(
            EVENT,
            message.conversationId,
            message.messageId,
            message.parentMessageId,
            message.metadata == null ? null : message.metadata.getString("source"),
            MessageView.of(message));
    try {
      return Frame.event(id(message), EVENT, json.writeValueAsString(event));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A message view is always writable", impossible);
    }
  }

  /** The position of a message in its owner's stream. */
  private static String id(Message message) {
    return message.createdAt.getTime() + "-" + message.id.toHexString();
  }
}
