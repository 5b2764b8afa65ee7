package chat.switchboard.replies;

import chat.switchboard.librechat.ThreadEnd;
import chat.switchboard.librechat.UnansweredRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The open replies of a conversation, and where their questions are.
 *
 * @param tail the end of the conversation, where LibreChat generates nothing
 * @param end the messages from outside at that end
 * @param here replies whose questions are among them, in order
 * @param cut replies whose answer the owner's turn has cut off, in order
 * @param elsewhere all other replies
 */
record ReplySituation(
    ThreadEnd tail, UnansweredRun end, List<Reply> here, List<Reply> cut, List<Reply> elsewhere) {

  /** Finds the replies whose questions are at the end; no answer counts as cut off yet. */
  static ReplySituation of(ThreadEnd tail, UnansweredRun end, List<Reply> open) {
    Set<String> run =
        end.run().stream().map(message -> message.messageId).collect(Collectors.toSet());
    List<Reply> here = new ArrayList<>();
    List<Reply> elsewhere = new ArrayList<>();
    for (Reply reply : open) {
      boolean atEnd =
          run.contains(reply.id) || (reply.repeatId != null && run.contains(reply.repeatId));
      (atEnd ? here : elsewhere).add(reply);
    }
    return new ReplySituation(tail, end, here, List.of(), elsewhere);
  }

  /** Returns the same situation where the answers of these replies are cut off. */
  ReplySituation withCutOff(List<Reply> cutOff) {
    List<Reply> others = new ArrayList<>(elsewhere);
    others.removeAll(cutOff);
    return new ReplySituation(tail, end, here, cutOff, others);
  }
}
