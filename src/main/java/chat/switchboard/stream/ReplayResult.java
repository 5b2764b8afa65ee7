package chat.switchboard.stream;

import java.util.List;

/** The messages that a client has missed. */
sealed interface ReplayResult {

  /** All missed messages, the oldest first. */
  record Events(List<Announcement> events) implements ReplayResult {}

  /** The missed messages are not known for certain, or are too many: the client must refetch. */
  record TooMuch() implements ReplayResult {}
}
