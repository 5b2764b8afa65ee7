package chat.switchboard.stream;

import chat.switchboard.feed.SeenMessages;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.MessageView;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;

/** Tells the owner's browsers that a message stands in a conversation; each message once. */
@ApplicationScoped
public class Announcer {

  private static final String EVENT = "newMessage";
  private static final String ANSWERING = "answering";
  private static final String AGENT_REPLY = "agentReply";

  private final Subscriptions subscriptions;
  private final SeenMessages seen;
  private final ObjectMapper json;
  private final Clock clock;

  Announcer(Subscriptions subscriptions, SeenMessages seen, ObjectMapper json, Clock clock) {
    this.subscriptions = subscriptions;
    this.seen = seen;
    this.json = json;
    this.clock = clock;
  }

  /** Tells everyone who listens for this message's owner; nobody waits for anybody. */
  public void announce(Message message) {
    announce(message, EVENT);
  }

  /** Tells them of the complete answer that LibreChat's agent gave to an injected message. */
  public void announceReply(Message message) {
    announce(message, AGENT_REPLY);
  }

  /** Tells this user's clients to read their conversations again: a message has moved. */
  public void refetch(String user) {
    subscriptions.resync(user);
  }

  /**
   * Tells the user's clients that LibreChat begins or ends an answer that Switchboard asked for.
   * The event has no id and is not replayed: messages alone decide where a client continues.
   *
   * @param started whether the answer begins; false where the answer has ended, however it ended
   */
  public void announceProgress(String conversationId, String user, boolean started) {
    if (!subscriptions.anyFor(user)) {
      return;
    }
    AnsweringEvent event = new AnsweringEvent(conversationId, started ? "started" : "ended");
    subscriptions.publish(
        new Announcement(null, user, conversationId, Frame.event(ANSWERING, write(event))));
  }

  private String write(Object event) {
    try {
      return json.writeValueAsString(event);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("An event is always writable", impossible);
    }
  }

  private void announce(Message message, String type) {
    // In one step, so that the order that is remembered is the order in which it was told.
    synchronized (seen) {
      // Remembered first: whoever comes to listen after the look at the listeners reads the
      // database.
      if (seen.add(message.id, clock.millis()) && subscriptions.anyFor(message.user)) {
        subscriptions.publish(event(message, type));
      }
    }
  }

  Announcement event(Message message, boolean reply) {
    return event(message, reply ? AGENT_REPLY : EVENT);
  }

  private Announcement event(Message message, String type) {
    MessageEvent event =
        new MessageEvent(
            type,
            message.conversationId,
            message.messageId,
            message.parentMessageId,
            message.metadata == null ? null : message.metadata.getString("source"),
            MessageView.of(message));
    return new Announcement(
        message.id,
        message.user,
        message.conversationId,
        Frame.event(new EventId(message.createdAt.getTime(), message.id), EVENT, write(event)));
  }
}
