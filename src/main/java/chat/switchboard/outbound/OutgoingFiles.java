package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;

/** The files that go out with texts: where they come from, and the addresses that open them. */
public interface OutgoingFiles {

  /**
   * Returns why no file can be sent, with the name of the missing setting; empty if files can be
   * sent.
   */
  Optional<String> unavailable();

  /** Whether LibreChat's address is known, so that its files can be fetched. */
  boolean canFetchFromLibreChat();

  /** The length of each address that {@link #grant} returns, in characters. */
  int addressLength();

  /**
   * Checks the file that a caller names, without fetching the file.
   *
   * @param owner the LibreChat user who owns the conversation
   * @param reference LibreChat's id of a file, Switchboard's id of a file, or an https address
   */
  Uni<Checked> check(String owner, String reference);

  /** The result of a check. */
  sealed interface Checked {

    /** The file may be sent. */
    record Known(OutgoingFile file) implements Checked {}

    /** The owner has no such file. */
    record Unknown(String cause) implements Checked {}

    /** Such a file is never sent. */
    record Refused(String cause) implements Checked {}

    /** A setting is missing. */
    record Unavailable(String cause) implements Checked {}
  }

  /**
   * Fetches the file into Switchboard's storage, unless the file is there already. Never fails.
   *
   * @see OutgoingFile#scope()
   */
  Uni<Fetched> fetch(OutgoingFile file);

  /** The result of a fetch. */
  sealed interface Fetched {

    /**
     * The file can be served.
     *
     * @param itemId Switchboard's id of the file
     * @param type the media type by content
     */
    record Ready(String itemId, String name, String type, long bytes) implements Fetched {}

    /** The file cannot be had. */
    record Failed(String cause) implements Fetched {}

    /** A later attempt can succeed. */
    record TryLater(String cause, Optional<Duration> after) implements Fetched {}
  }

  /**
   * Returns the address that opens the file for this text. A repetition returns the same address
   * and begins its life again.
   *
   * @return empty if the file is no longer in Switchboard's storage
   */
  Uni<Optional<String>> grant(String itemId, String textId);
}
