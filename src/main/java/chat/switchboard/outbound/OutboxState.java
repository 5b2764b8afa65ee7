package chat.switchboard.outbound;

import java.util.Arrays;
import java.util.List;

/**
 * How far a text has come. What is said of a text in whatever order, and more than once, ends in
 * the state of the highest rank: a late "sent" does not undo "delivered".
 */
public enum OutboxState {
  /** It waits here. */
  QUEUED(0),
  /** It is being handed to Twilio. */
  SENDING(10),
  /** The request has left and nothing came back: it is not known whether the text goes. */
  AMBIGUOUS(20),
  /** A dead letter: a person may requeue or drop it. Word of Twilio's still settles it. */
  DEAD(25),
  /** Twilio has it. */
  SENT(30),
  /** Twilio, or a carrier, gave it up on the way. */
  UNDELIVERED(40),
  /** Twilio refused it. */
  FAILED(40),
  /** The person has opted out, or the spend guard refuses the text. */
  BLOCKED(40),
  /** It is on the phone. */
  DELIVERED(50);

  private final int rank;

  OutboxState(int rank) {
    this.rank = rank;
  }

  /** The states that this one may follow when Twilio reports it. */
  List<String> below() {
    return Arrays.stream(values())
        .filter(state -> state.rank < rank)
        .map(OutboxState::name)
        .toList();
  }

  /** Whether what comes behind it to the same person has to wait for it. */
  boolean isOpen() {
    return this == QUEUED || this == SENDING;
  }

  /** Whether nothing more is expected, so that it may be forgotten after a while. */
  boolean isForgotten() {
    return rank >= SENT.rank;
  }

  static List<String> names(OutboxState... states) {
    return Arrays.stream(states).map(OutboxState::name).toList();
  }
}
