package chat.switchboard.librechat;

import io.smallrye.mutiny.Uni;
import java.time.Clock;

/** Asks the LibreChat of the simulation whether an answer is being generated. */
public final class SimulatedStatus extends GenerationStatus {

  /** The LibreChat of the simulation. */
  public interface Run {
    /** Whether an answer is being generated in this conversation; fails if LibreChat fails. */
    Uni<Boolean> generating(String conversationId);
  }

  private final Run runs;

  SimulatedStatus(Clock clock, Run runs) {
    super(null, clock);
    this.runs = runs;
  }

  @Override
  Uni<Boolean> generating(String conversationId, String user) {
    return runs.generating(conversationId);
  }

  @Override
  boolean needsGrace() {
    return false;
  }
}
