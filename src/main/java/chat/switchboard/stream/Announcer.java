package chat.switchboard.stream;

import chat.switchboard.feed.FeedEntry;
import chat.switchboard.feed.OwnAnnouncements;
import chat.switchboard.feed.SeenMessages;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.MessageView;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;

/** Announces a new message to the browsers of the conversation's owner; each message once. */
@ApplicationScoped
public class Announcer {

  private static final String EVENT = "newMessage";
  private static final String ANSWERING = "answering";
  private static final String AGENT_REPLY = "agentReply";

  private final Subscriptions subscriptions;
  private final SeenMessages seen;
  private final OwnAnnouncements own;
  private final EventIds ids;
  private final ObjectMapper json;
  private final Clock clock;

  Announcer(
      Subscriptions subscriptions,
      SeenMessages seen,
      OwnAnnouncements own,
      EventIds ids,
      ObjectMapper json,
      Clock clock) {
    this.subscriptions = subscriptions;
    this.seen = seen;
    this.own = own;
    this.ids = ids;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Announces an injected message to the open streams of its owner; no stream waits for another
   * stream.
   */
  public void announce(Message message) {
    announce(message, FeedEntry.Kind.MESSAGE, false);
  }

  /** Announces the complete answer of LibreChat's agent to an injected message. */
  public void announceReply(Message message) {
    announce(message, FeedEntry.Kind.REPLY, false);
  }

  /** Announces a message whose entry is stored. */
  void announceStored(Message message, FeedEntry.Kind kind) {
    announce(message, kind, true);
  }

  /** Tells the user's clients to refetch their conversations, because a message has moved. */
  public void refetch(String user) {
    subscriptions.resync(user);
  }

  /** Whether this process has an open stream. */
  public boolean isHeard() {
    return subscriptions.any();
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

  private void announce(Message message, FeedEntry.Kind kind, boolean isStored) {
    // Under one lock, so that the recorded order is the order of the announcements.
    synchronized (seen) {
      // Recorded before the check for subscribers: a client that subscribes after the check finds
      // the message in the entries or, until the entry is stored, among the own announcements.
      if (!seen.add(message.id, message.firstDate(), clock.millis())) {
        return;
      }
      if (!isStored) {
        own.add(entry(message, kind));
      }
      if (subscriptions.anyFor(message.user)) {
        subscriptions.publish(event(message, kind == FeedEntry.Kind.REPLY, ids.of(message)));
      }
    }
  }

  private static FeedEntry entry(Message message, FeedEntry.Kind kind) {
    return new FeedEntry(
        message.id,
        message.user,
        null,
        message.firstDate(),
        message.messageId,
        message.conversationId,
        kind);
  }

  /**
   * @param id {@link EventIds#of} for a message that this process has announced
   */
  Announcement event(Message message, boolean reply, EventId id) {
    MessageEvent event =
        new MessageEvent(
            reply ? AGENT_REPLY : EVENT,
            message.conversationId,
            message.messageId,
            message.parentMessageId,
            message.metadata == null ? null : message.metadata.getString("source"),
            MessageView.of(message));
    return new Announcement(
        message.id, message.user, message.conversationId, Frame.event(id, EVENT, write(event)));
  }
}
