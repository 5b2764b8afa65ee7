package chat.switchboard.librechat;

import io.smallrye.mutiny.Uni;
import java.util.Collection;

/** Takes what is said within LibreChat, for those who are to hear it elsewhere. */
public interface Overhearer {

  /**
   * Takes messages that were seen, as little of them as a {@link MessageSummary} has. The result is
   * there at once while there is room, and later where too many wait: no message is dropped.
   */
  Uni<Void> overhear(Collection<MessageSummary> seen);
}
