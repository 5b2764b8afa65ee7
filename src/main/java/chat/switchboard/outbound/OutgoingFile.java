package chat.switchboard.outbound;

import java.util.Optional;

/**
 * A file that goes out with a text.
 *
 * @param kind where the file is
 * @param reference the id of the file, or its https address
 * @param owner the LibreChat user who may send the file
 * @param scope the message that the file belongs to: the file of one message is fetched once,
 *     however many people get the message
 * @param name the name of the file, if known before the file is fetched
 * @param type the media type, if known before the file is fetched
 * @param isRequired whether the text fails without the file; otherwise the text names the file
 * @param shownAt the address at which the Markdown of the text shows the file; the words of the
 *     text then leave the picture out
 */
public record OutgoingFile(
    Kind kind,
    String reference,
    String owner,
    String scope,
    Optional<String> name,
    Optional<String> type,
    boolean isRequired,
    Optional<String> shownAt) {

  /** Twilio's limit of files in one message, and Switchboard's limit in one text. */
  public static final int MOST = 10;

  /** Where a file is. */
  public enum Kind {
    /** In LibreChat's storage; the reference is LibreChat's {@code file_id}. */
    LIBRECHAT,
    /** In Switchboard's own storage; the reference is Switchboard's id. */
    OURS,
    /** On another server; the reference is an https address. */
    ADDRESS
  }

  /** Returns the same file for a text that fails without the file. */
  public OutgoingFile required(String scope) {
    return new OutgoingFile(kind, reference, owner, scope, name, type, true, shownAt);
  }
}
