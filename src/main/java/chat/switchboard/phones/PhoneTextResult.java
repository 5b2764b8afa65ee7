package chat.switchboard.phones;

import java.util.Optional;

/** The result for a text that may be a code or a command. */
public sealed interface PhoneTextResult {

  /** The text was a code or a command, and is completely handled: it is no message. */
  record Handled(Optional<String> answer) implements PhoneTextResult {}

  /**
   * The text is a message for a conversation.
   *
   * @param notice the notice to the person; empty for the notice of the conversation
   */
  record Ordinary(Optional<String> notice) implements PhoneTextResult {}
}
