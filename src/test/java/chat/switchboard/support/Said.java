package chat.switchboard.support;

import chat.switchboard.feed.SeenMessageListener;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.MessageSummary;
import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import org.bson.types.ObjectId;

/** Messages that LibreChat stores, passed to the listener as the feed does. */
public final class Said {

  private Said() {}

  /** Stores the message, the first time, and hands it on, on an event loop. */
  public static void see(SeenMessageListener listener, Vertx vertx, Message message) {
    if (message.id == null) {
      message.id = new ObjectId();
      message.<Message>persist().await().atMost(Duration.ofSeconds(10));
    }
    VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext())
        .runOnContext(
            now ->
                listener
                    .onSeen(List.of(sighting(message)))
                    .subscribe()
                    .with(done -> {}, failure -> {}));
  }

  private static MessageSummary sighting(Message message) {
    return new MessageSummary(
        message.id,
        message.messageId,
        message.parentMessageId,
        message.conversationId,
        message.user,
        message.fromOutside(),
        message.role == null,
        Boolean.TRUE.equals(message.createdByUser),
        Boolean.TRUE.equals(message.unfinished),
        message.createdAt,
        message.firstDate());
  }
}
