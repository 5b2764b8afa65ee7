package chat.switchboard.librechat;

/** The result of appending a message. */
public sealed interface Appended {

  /** Returns the message as the database contains it. */
  Message message();

  /** This call inserted the message. */
  record Now(Message message) implements Appended {}

  /** An earlier try or another replica had already inserted the message. */
  record Before(Message message) implements Appended {}
}
