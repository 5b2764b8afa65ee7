package chat.switchboard.phones;

/** A text command of an own phone. */
sealed interface Command {

  /** Begin a new conversation. */
  record New() implements Command {}

  /** List the last conversations. */
  record ListConversations() implements Command {}

  /** List the commands. */
  record Help() implements Command {}

  /** Unlink the phone. */
  record Unlink() implements Command {}

  /**
   * Go on in a conversation of the list, if there is a list.
   *
   * @param number from 1
   */
  record Choose(int number) implements Command {}
}
