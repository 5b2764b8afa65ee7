package chat.switchboard.librechat;

import io.smallrye.mutiny.Uni;
import java.util.Collection;

/** Receives the messages that are written in LibreChat. */
public interface Overhearer {

  /**
   * Takes summaries of new messages. The result completes at once while the queue has room, and
   * later if too many messages wait: no message is dropped.
   */
  Uni<Void> overhear(Collection<MessageSummary> seen);
}
