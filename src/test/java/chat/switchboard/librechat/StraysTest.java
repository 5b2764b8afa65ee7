package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Messages with the ids of messages that are about to be written. */
@Tag("unit")
class StraysTest {

  private final Set<String> existing = Set.of("here ann", "there ann", "there bob");
  private final Strays strays =
      new Strays(
          new FakeConversations() {
            @Override
            public Uni<Optional<Conversation>> find(String conversationId, String user) {
              return Uni.createFrom()
                  .item(
                      Optional.of(conversation(conversationId, user))
                          .filter(wanted -> existing.contains(conversationId + " " + user)));
            }
          });

  @Test
  void a_message_of_a_conversation_that_exists_stands() {
    Strays.Found found = found(message("1", "here", "ann"), message("2", "there", "ann"));
    assertThat(found.standing()).extracting(one -> one.messageId).containsExactly("1", "2");
    assertThat(found.strays()).isEmpty();
  }

  @Test
  void a_message_of_a_deleted_conversation_is_a_stray() {
    Strays.Found found =
        found(
            message("1", "deleted", "ann"),
            message("2", "here", "bob"),
            message("3", "here", "ann"));
    assertThat(found.standing()).extracting(one -> one.messageId).containsExactly("3");
    assertThat(found.strays()).containsOnlyKeys("1", "2");
  }

  @Test
  void a_message_of_another_user_neither_stands_nor_is_a_stray() {
    Strays.Found found = found(message("1", "there", "bob"));
    assertThat(found.standing()).isEmpty();
    assertThat(found.strays()).isEmpty();
  }

  private Strays.Found found(Message... messages) {
    return strays.find(conversation("here", "ann"), List.of(messages)).await().indefinitely();
  }

  private static Message message(String id, String conversationId, String user) {
    Message message = new Message();
    message.messageId = id;
    message.conversationId = conversationId;
    message.user = user;
    return message;
  }

  private static Conversation conversation(String id, String user) {
    Conversation conversation = new Conversation();
    conversation.conversationId = id;
    conversation.user = user;
    return conversation;
  }
}
