package chat.switchboard.librechat;

/** What came of appending a message. */
public sealed interface Appended {

  /** The message as it stands in the database. */
  Message message();

  /** It was appended now. */
  record Now(Message message) implements Appended {}

  /** It stood there already: an earlier try, or another replica, had appended it. */
  record Before(Message message) implements Appended {}
}
