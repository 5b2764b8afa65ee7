package chat.switchboard.mcp;

import chat.switchboard.outbound.OutboxEntry;
import chat.switchboard.outbound.OutboxState;
import java.util.List;

/** The state of a text in words for a model. */
final class TextState {

  private TextState() {}

  /** Returns the state of a text with one or more parts: the state of the least advanced part. */
  static String words(List<OutboxEntry> parts) {
    OutboxEntry shown = parts.get(0);
    for (OutboxEntry part : parts) {
      if (rank(part.state) < rank(shown.state)) {
        shown = part;
      }
    }
    return words(shown.state) + (shown.cause == null ? "" : ": " + shown.cause);
  }

  private static int rank(OutboxState state) {
    return switch (state) {
      case DEAD, FAILED, BLOCKED, CANCELLED, UNDELIVERED -> 0;
      case AMBIGUOUS -> 1;
      case HELD, QUEUED -> 2;
      case SENDING -> 3;
      case SENT -> 4;
      case DELIVERED -> 5;
      case READ -> 6;
    };
  }

  private static String words(OutboxState state) {
    return switch (state) {
      case HELD -> "held for later";
      case CANCELLED -> "cancelled";
      case QUEUED -> "queued";
      case SENDING -> "being sent";
      case AMBIGUOUS -> "perhaps sent, the carrier's report is awaited; do not send it again";
      case SENT -> "sent, not yet reported as delivered";
      case DELIVERED -> "delivered";
      case READ -> "delivered and read";
      case UNDELIVERED -> "not delivered";
      case FAILED -> "failed";
      case BLOCKED -> "blocked";
      case DEAD -> "given up; an administrator must decide";
    };
  }
}
