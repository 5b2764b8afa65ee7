package chat.switchboard.feed;

import chat.switchboard.librechat.MessageSummary;
import io.smallrye.mutiny.Uni;
import java.util.List;

/** Receives the new messages of LibreChat's database. */
public interface NewMessageListener {

  /**
   * Takes new messages that are complete, in the order of their creation. The messages count as
   * seen only after the result has completed: after a failure the feed passes them again.
   */
  Uni<Void> onNew(List<MessageSummary> messages);

  /** The feed has seen messages that it does not pass to {@link #onNew}: too many at once. */
  void onSkipped();
}
