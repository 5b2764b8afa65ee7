package chat.switchboard.inbound;

import chat.switchboard.librechat.Message;
import io.smallrye.mutiny.Uni;
import java.util.List;

/** Receives the messages from outside that are in their conversation. */
public interface ReceivedListener {

  /**
   * Takes messages, in their order. The inbox forgets the messages only after the result has
   * completed: after a failure or a crash the same messages come again.
   */
  Uni<Void> onReceived(List<Message> messages);
}
