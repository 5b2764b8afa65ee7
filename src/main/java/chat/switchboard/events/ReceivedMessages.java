package chat.switchboard.events;

import chat.switchboard.inbound.ReceivedListener;
import chat.switchboard.librechat.Message;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import org.bson.Document;

/** Keeps an event for each message from outside that is in its conversation. */
@Singleton
class ReceivedMessages implements ReceivedListener {

  private final EventRecorder recorder;

  ReceivedMessages(EventRecorder recorder) {
    this.recorder = recorder;
  }

  @Override
  public Uni<Void> onReceived(List<Message> messages) {
    return recorder.wants(EventType.MESSAGE_RECEIVED)
        ? Multi.createFrom()
            .iterable(messages)
            .onItem()
            .transformToUniAndConcatenate(this::keep)
            .collect()
            .asList()
            .replaceWithVoid()
        : Uni.createFrom().voidItem();
  }

  private Uni<Void> keep(Message message) {
    Document metadata = message.metadata == null ? new Document() : message.metadata;
    return recorder.keep(
        EventType.MESSAGE_RECEIVED,
        message.messageId + " " + message.user,
        message.user,
        new OutgoingEvent.Data(
            message.conversationId,
            message.messageId,
            null,
            null,
            null,
            text(metadata, "source"),
            text(metadata, "phoneNumber"),
            null,
            message.originalText()));
  }

  /** A caller of the API chooses the values of metadata. */
  private static String text(Document metadata, String field) {
    return metadata.get(field) instanceof String text && text.length() <= 256 ? text : null;
  }
}
