package chat.switchboard.stream;

import java.util.List;

/** What a client has missed. */
sealed interface Missed {

  /** All of it, the oldest first. */
  record Events(List<Announcement> events) implements Missed {}

  /** It cannot be told for certain, or is too much: the client has to refetch. */
  record TooMuch() implements Missed {}
}
