package chat.switchboard.inbound;

import chat.switchboard.librechat.Appended;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.MessageAppender;
import chat.switchboard.librechat.NewMessage;
import chat.switchboard.librechat.ThreadEnd;
import chat.switchboard.replies.Replies;
import chat.switchboard.routing.GroupRelay;
import chat.switchboard.stream.Announcer;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Appends a batch to its conversation, and starts the answers and the relay to the group. */
@Singleton
class BatchWriter {

  private final MessageAppender appender;
  private final LaneMedia media;
  private final Replies replies;
  private final GroupRelay relay;
  private final Inbox inbox;
  private final Announcer announcer;
  private final List<ReceivedListener> listeners;

  @Inject
  BatchWriter(
      MessageAppender appender,
      LaneMedia media,
      Replies replies,
      GroupRelay relay,
      Inbox inbox,
      Announcer announcer,
      @Any Instance<ReceivedListener> listeners) {
    this(appender, media, replies, relay, inbox, announcer, listeners.stream().toList());
  }

  BatchWriter(
      MessageAppender appender,
      LaneMedia media,
      Replies replies,
      GroupRelay relay,
      Inbox inbox,
      Announcer announcer,
      List<ReceivedListener> listeners) {
    this.appender = appender;
    this.media = media;
    this.replies = replies;
    this.relay = relay;
    this.inbox = inbox;
    this.announcer = announcer;
    this.listeners = listeners;
  }

  Uni<List<Appended>> append(Conversation conversation, ThreadEnd tail, Batch batch) {
    return appender.append(conversation, tail, batch.messages());
  }

  /**
   * Requests the answers and relays the messages to the group. Marks the inbox entries as appended
   * last: after a crash before that step, all steps are repeated, and none takes effect twice.
   */
  Uni<Void> handOn(Batch batch, List<Appended> appended) {
    return media
        .noteLate(appended)
        .chain(() -> replies.want(toBeAnswered(batch, appended)))
        .chain(() -> relay.passOn(appended.stream().map(Appended::message).toList()))
        .chain(() -> tell(appended.stream().map(Appended::message).toList()))
        .chain(
            () ->
                batch.entryIds().isEmpty()
                    ? Uni.createFrom().voidItem()
                    : inbox.appended(batch.entryIds()))
        .replaceWithVoid();
  }

  private Uni<Void> tell(List<Message> messages) {
    return listeners.isEmpty()
        ? Uni.createFrom().voidItem()
        : Multi.createFrom()
            .iterable(listeners)
            .onItem()
            .transformToUniAndConcatenate(listener -> listener.onReceived(messages))
            .collect()
            .asList()
            .replaceWithVoid();
  }

  private static List<Message> toBeAnswered(Batch batch, List<Appended> appended) {
    Set<String> wanted =
        batch.messages().stream()
            .filter(NewMessage::toBeAnswered)
            .map(message -> message.messageId().toString())
            .collect(Collectors.toSet());
    return appended.stream()
        .map(Appended::message)
        .filter(message -> wanted.contains(message.messageId))
        .toList();
  }

  /**
   * Tells the streams of a message. A message that an earlier attempt has inserted may not have
   * been announced: the process of the attempt may have ended, and if the insert came late, the
   * feed's polls have passed the date of the message.
   */
  void announce(Appended appended) {
    announcer.announce(appended.message());
  }

  /**
   * Moves messages that have become a branch to the end of the conversation, and lets the pages
   * that show the conversation load it again.
   */
  Uni<Void> mend(Conversation conversation, Set<String> messageIds) {
    return appender
        .mend(conversation, messageIds)
        .invoke(
            moved -> {
              if (moved) {
                announcer.refetch(conversation.user);
              }
            })
        .replaceWithVoid();
  }
}
