package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.ne;

import chat.switchboard.ops.DuplicateKey;
import chat.switchboard.ops.SwitchboardConfig;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Date;
import java.util.Optional;
import org.bson.BsonNull;
import org.bson.Document;

/**
 * Appends a message to a conversation as stock LibreChat shows it: a child of the newest finished
 * message, inheriting what the conversation says of expiry and tenancy.
 */
@ApplicationScoped
public class MessageAppender {

  private final SwitchboardConfig config;
  private final Clock clock;

  MessageAppender(SwitchboardConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /** Appends the message; doing it again with the same message changes nothing. */
  public Uni<Appended> append(Conversation conversation, NewMessage message) {
    return newest(conversation)
        .map(parent -> document(conversation, message, parent))
        .flatMap(document -> insert(document))
        .call(appended -> bump(appended.message()));
  }

  private Uni<Optional<Message>> newest(Conversation conversation) {
    return Message.<Message>find(
            and(
                eq("conversationId", conversation.conversationId),
                eq("user", conversation.user),
                ne("unfinished", true)),
            Sorts.descending("createdAt"))
        .firstResult()
        .map(Optional::ofNullable);
  }

  private Uni<Appended> insert(Message document) {
    return document
        .<Message>persist()
        .<Appended>map(Appended.Now::new)
        .onFailure(DuplicateKey::is)
        .recoverWithUni(
            () ->
                Message.<Message>find(
                        and(eq("messageId", document.messageId), eq("user", document.user)))
                    .firstResult()
                    .map(Appended.Before::new));
  }

  /** Moves the conversation to the top of the sidebar; never back, should two come at once. */
  private Uni<Void> bump(Message message) {
    return Conversation.mongoCollection()
        .updateOne(
            and(eq("conversationId", message.conversationId), eq("user", message.user)),
            Updates.max("updatedAt", message.createdAt))
        .replaceWithVoid();
  }

  private Message document(
      Conversation conversation, NewMessage message, Optional<Message> parent) {
    Message document = new Message();
    document.id = Names.objectId(message.messageId());
    document.messageId = message.messageId().toString();
    document.conversationId = conversation.conversationId;
    document.user = conversation.user;
    document.parentMessageId = parent.map(found -> found.messageId).orElse(Message.NO_PARENT);
    document.sender = message.sender();
    document.text = message.text();
    document.content =
        message.parts().stream()
            .map(part -> new Document("type", "text").append("text", part))
            .toList();
    document.role =
        switch (config.message().storedRole()) {
          case USER -> "user";
          case EXTERNAL -> "external";
        };
    document.createdByUser = false;
    document.metadata = new Document(message.metadata()).append("role", "external");
    document.metadata.putIfAbsent("source", message.source());
    document.endpoint = conversation.endpoint;
    document.model = message.source();
    document.unfinished = false;
    document.error = false;
    document.temporary = Boolean.TRUE.equals(conversation.temporary);
    document.expiredAt = conversation.expiredAt == null ? BsonNull.VALUE : conversation.expiredAt;
    document.tenantId = conversation.tenantId;
    document.meiliIndex = false;
    document.createdAt = after(parent);
    document.updatedAt = document.createdAt;
    document.version = 0;
    return document;
  }

  /**
   * Now, but at least a millisecond after the parent: LibreChat and we tell the newest message by
   * this date, and clocks differ.
   */
  private Date after(Optional<Message> parent) {
    long now = clock.millis();
    return new Date(
        parent
            .map(found -> found.createdAt)
            .map(date -> Math.max(now, date.getTime() + 1))
            .orElse(now));
  }
}
