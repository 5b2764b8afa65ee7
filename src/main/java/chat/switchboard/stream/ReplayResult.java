package chat.switchboard.stream;

import java.util.List;

/** What a client has missed. */
sealed interface ReplayResult {

  /** All of it, the oldest first. */
  record Events(List<Announcement> events) implements ReplayResult {}

  /** It cannot be told for certain, or is too much: the client has to refetch. */
  record TooMuch() implements ReplayResult {}
}
