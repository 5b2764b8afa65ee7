package chat.switchboard.inbound;

import chat.switchboard.routing.Route;
import java.util.Optional;

/** The result of routing an entry of the inbox. */
sealed interface RoutedEntry {

  /** The entry's conversation is fixed. */
  record InLane(InboxEntry entry, Route.Into route) implements RoutedEntry {}

  /** The entry goes into no conversation: its message was a code alone, or is refused. */
  record NoLane(InboxEntry entry, Route route) implements RoutedEntry {}

  /** Another replica has finished the entry; empty if the entry was removed. */
  record Finished(Optional<InboxEntry> entry) implements RoutedEntry {}
}
