package chat.switchboard.inbound;

import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.librechat.AnswerText;
import chat.switchboard.librechat.Messages;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Finds the words of messages that people sent, by Twilio's name of the message. */
@Singleton
public class ReceivedWords {

  private final Messages messages;

  ReceivedWords(Messages messages) {
    this.messages = messages;
  }

  /**
   * The words of one message.
   *
   * @param phoneNumber the person who sent the message
   * @param words the text as LibreChat shows it, without the escapes of Markdown
   */
  public record Received(String phoneNumber, String words) {}

  /** Returns this user's message; empty if LibreChat does not have the message any more. */
  public Uni<Optional<Received>> of(TwilioMessage message, String user) {
    return messages
        .find(DedupeIds.of(message).toString(), user)
        .map(
            found ->
                found.map(
                    one ->
                        new Received(
                            one.metadata != null
                                    && one.metadata.get("phoneNumber") instanceof String number
                                ? number
                                : "",
                            AnswerText.original(one))));
  }
}
