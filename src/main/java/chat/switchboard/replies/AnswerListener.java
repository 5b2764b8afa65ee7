package chat.switchboard.replies;

import chat.switchboard.librechat.Message;
import io.smallrye.mutiny.Uni;

/** Receives the answers of LibreChat's agent to messages from outside. */
public interface AnswerListener {

  /**
   * Takes an answer. The reply counts as answered only after the result has completed: after a
   * failure or a crash the same answer comes again.
   *
   * @param text the answer as text, in Markdown
   */
  Uni<Void> onAnswered(Message answer, String text);
}
