package chat.switchboard.librechat;

import io.smallrye.mutiny.Uni;
import java.time.Duration;

/** Asks the LibreChat of the simulation for answers. */
public final class SimulatedAgent extends AgentClient {

  /** The LibreChat of the simulation. */
  public interface Run {
    /**
     * Takes a request for an answer.
     *
     * @param questionId the message that is answered
     * @param requestId the same for every copy of a request
     */
    Uni<Start> start(String conversationId, String questionId, String requestId);

    /** Follows the stream of an answer. */
    Uni<End> follow(String streamId);
  }

  private final Run runs;

  SimulatedAgent(Run runs) {
    super(null);
    this.runs = runs;
  }

  @Override
  public boolean isThere() {
    return true;
  }

  @Override
  public Uni<Start> start(
      Conversation conversation, Message question, String requestId, Duration atMost) {
    return runs.start(conversation.conversationId, question.messageId, requestId);
  }

  @Override
  public Uni<End> follow(Conversation conversation, Start.Running running, Duration atMost) {
    return runs.follow(running.streamId())
        .ifNoItem()
        .after(atMost)
        .recoverWithItem(new End.Lost("LibreChat gave no answer in time"));
  }
}
