package chat.switchboard.feed;

import io.smallrye.mutiny.Uni;
import java.util.List;

/** Receives the new messages that somebody may have to hear. */
public interface NewMessageListener {

  /**
   * Takes the entries of new messages, in their order. The messages count as seen only after the
   * result has completed: after a failure the feed passes them again.
   */
  Uni<Void> onNew(List<FeedEntry> messages);

  /** The feed has seen messages that it does not pass to {@link #onNew}: too many at once. */
  void onSkipped();
}
