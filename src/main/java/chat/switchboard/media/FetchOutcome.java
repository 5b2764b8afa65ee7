package chat.switchboard.media;

import java.time.Duration;
import java.util.Optional;

/** The result of fetching a file. A cause is one sentence without the address and its signature. */
sealed interface FetchOutcome {

  /**
   * The sink has the whole file.
   *
   * @param bytes its length
   * @param declaredType the media type of the answer's header, in lower case without parameters;
   *     empty if the header is missing or malformed
   * @param fileName of {@code Content-Disposition}
   */
  record Fetched(long bytes, Optional<String> declaredType, Optional<String> fileName)
      implements FetchOutcome {}

  /**
   * A later attempt can succeed.
   *
   * @param after the least delay that the server asks for
   */
  record TryLater(String cause, Optional<Duration> after) implements FetchOutcome {}

  /** The server refuses the credentials: an operator can mend that. */
  record Denied(String cause) implements FetchOutcome {}

  /** The server no longer has the file. */
  record Gone(String cause) implements FetchOutcome {}

  /** Switchboard does not take the file: its address, its size or its encoding is not allowed. */
  record Refused(String cause) implements FetchOutcome {}
}
