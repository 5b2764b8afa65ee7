package chat.switchboard.media;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The state of a file.
 *
 * <pre>
 *   PENDING ──> FETCHED ──> STORED
 *      │ ↑         │
 *      ↓ │ requeue ↓
 *     FAILED <─────┘
 * </pre>
 */
public enum MediaState {
  /** The file has not been fetched. */
  PENDING,
  /** The bytes are in MongoDB, inspected and cleaned. */
  FETCHED,
  /** The file is stored in LibreChat, or stays in MongoDB. */
  STORED,
  /** The file cannot be fetched; an operator may requeue the file. */
  FAILED;

  /** Whether a worker has a step left. */
  boolean isOpen() {
    return this == PENDING || this == FETCHED;
  }

  /** The states from which this one may be reached; a retry stays in its state. */
  Set<MediaState> before() {
    return switch (this) {
      case PENDING -> Set.of(PENDING, FAILED);
      case FETCHED -> Set.of(PENDING, FETCHED);
      case STORED -> Set.of(FETCHED);
      case FAILED -> Set.of(PENDING, FETCHED);
    };
  }

  static List<String> openNames() {
    return Arrays.stream(values()).filter(MediaState::isOpen).map(MediaState::name).toList();
  }
}
