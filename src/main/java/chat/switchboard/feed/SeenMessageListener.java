package chat.switchboard.feed;

import chat.switchboard.librechat.MessageSummary;
import io.smallrye.mutiny.Uni;
import java.util.Collection;

/** Receives the messages of LibreChat's database that the feed has seen, each once. */
public interface SeenMessageListener {

  /**
   * Takes summaries of messages. The result completes at once while the listener has room, and
   * later if too many messages wait: no message is dropped. The feed does not read on before the
   * result completes. A failure does not bring the messages again.
   */
  Uni<Void> onSeen(Collection<MessageSummary> messages);
}
