package chat.switchboard.stream;

import chat.switchboard.librechat.AgentAnswered;
import chat.switchboard.librechat.AnswerProgress;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.MessageView;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;

/** Tells the owner's browsers that a message stands in a conversation; each message once. */
@ApplicationScoped
public class Announcer {

  private static final String EVENT = "newMessage";
  private static final String ANSWERING = "answering";
  private static final String AGENT_REPLY = "agentReply";

  private final Subscriptions subscriptions;
  private final RecentAnnouncements announced;
  private final ObjectMapper json;
  private final Clock clock;

  Announcer(
      Subscriptions subscriptions, RecentAnnouncements announced, ObjectMapper json, Clock clock) {
    this.subscriptions = subscriptions;
    this.announced = announced;
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

  /** An answer that was asked for here is told without waiting for the feed. */
  void onAnswer(@Observes AgentAnswered answered) {
    announceReply(answered.answer());
  }

  /** Not replayed and without an id: where a client comes back to is decided by messages alone. */
  void onProgress(@Observes AnswerProgress progress) {
    if (!subscriptions.anyFor(progress.user())) {
      return;
    }
    AnsweringEvent event =
        new AnsweringEvent(progress.conversationId(), progress.started() ? "started" : "ended");
    subscriptions.publish(
        new Announcement(
            null,
            progress.user(),
            progress.conversationId(),
            Frame.event(ANSWERING, write(event))));
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
    synchronized (announced) {
      // Remembered first: whoever comes to listen after the look at the listeners reads the
      // database.
      if (announced.add(message.id, clock.millis()) && subscriptions.anyFor(message.user)) {
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
