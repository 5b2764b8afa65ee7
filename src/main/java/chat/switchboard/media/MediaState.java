package chat.switchboard.media;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * How far a file has come.
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
  /** The file is at its place: in LibreChat's storage, or in MongoDB for good. */
  STORED,
  /** The file cannot be had; an operator may requeue it. */
  FAILED;

  /** Whether a worker still has to do something. */
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
