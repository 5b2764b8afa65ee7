package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.conversions.Bson;

/**
 * Messages that a write put into a conversation while the owner deleted the conversation. Nobody
 * can see them, and they have the ids of the same messages in the next conversation.
 */
@Singleton
class Strays {

  /**
   * @param standing messages that the user has
   * @param strays messages of deleted conversations, by their ids
   */
  record Found(List<Message> standing, Map<String, Message> strays) {}

  private final Conversations conversations;

  Strays(Conversations conversations) {
    this.conversations = conversations;
  }

  /**
   * Finds the strays among messages that have the ids of messages for this conversation. Leaves out
   * messages of other users' conversations.
   */
  Uni<Found> find(Conversation conversation, List<Message> messages) {
    List<Message> standing = new ArrayList<>();
    Map<String, Message> strays = new HashMap<>();
    return Multi.createFrom()
        .iterable(messages)
        .onItem()
        .transformToUniAndConcatenate(
            message ->
                exists(conversation, message)
                    .invoke(
                        exists -> {
                          if (!exists) {
                            strays.put(message.messageId, message);
                          } else if (message.user.equals(conversation.user)) {
                            standing.add(message);
                          }
                        }))
        .collect()
        .asList()
        .replaceWith(new Found(standing, strays));
  }

  private Uni<Boolean> exists(Conversation conversation, Message message) {
    return message.user.equals(conversation.user)
            && message.conversationId.equals(conversation.conversationId)
        ? Uni.createFrom().item(true)
        : conversations.find(message.conversationId, message.user).map(found -> found.isPresent());
  }

  /**
   * Replaces a stray.
   *
   * @return false if the message is not there any more
   */
  Uni<Boolean> replace(Message stray, Message by) {
    Bson same =
        and(
            eq("_id", stray.id),
            eq("conversationId", stray.conversationId),
            eq("user", stray.user));
    return Message.<Message>mongoCollection()
        .replaceOne(same, by)
        .map(done -> done.getMatchedCount() > 0);
  }
}
