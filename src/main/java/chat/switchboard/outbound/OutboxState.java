package chat.switchboard.outbound;

import java.util.Arrays;
import java.util.List;

/**
 * The state of a text. Reports may arrive in any order and repeatedly; the state of the highest
 * rank wins: a late "sent" does not undo "delivered".
 */
public enum OutboxState {
  /** The text waits for its time: the time that the caller set, or the end of quiet hours. */
  HELD(0),
  /** The text waits in the outbox. */
  QUEUED(0),
  /** The request to Twilio is in progress. */
  SENDING(10),
  /** The request was sent without a response: whether Twilio has the text is unknown. */
  AMBIGUOUS(20),
  /**
   * A dead letter: an operator may requeue or drop the text. A report of Twilio still changes the
   * state.
   */
  DEAD(25),
  /** Twilio has the text. */
  SENT(30),
  /** Twilio or a carrier gave the text up. */
  UNDELIVERED(40),
  /** Twilio refused the text. */
  FAILED(40),
  /** The person has opted out, or the spend guard refuses the text. */
  BLOCKED(40),
  /** A caller or an operator cancelled the text before the text was sent. */
  CANCELLED(40),
  /** The text is on the phone. */
  DELIVERED(50),
  /** The person has read the text; only WhatsApp and RCS report this. */
  READ(60);

  private final int rank;

  OutboxState(int rank) {
    this.rank = rank;
  }

  /** Returns the states that a report of Twilio may change to this state. */
  List<String> below() {
    return Arrays.stream(values())
        .filter(state -> state.rank < rank)
        .map(OutboxState::name)
        .toList();
  }

  /** Whether the text is on the phone. */
  boolean hasArrived() {
    return this == DELIVERED || this == READ;
  }

  /** Whether later texts to the same person must wait for this text. */
  boolean isOpen() {
    return this == QUEUED || this == SENDING;
  }

  /** Whether the state is final, so that the text may be deleted after its retention. */
  boolean isForgotten() {
    return rank >= SENT.rank;
  }

  static List<String> names(OutboxState... states) {
    return Arrays.stream(states).map(OutboxState::name).toList();
  }
}
