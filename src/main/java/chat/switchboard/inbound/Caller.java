package chat.switchboard.inbound;

import chat.switchboard.inbound.InboundMessage.DedupeKey;
import chat.switchboard.inbound.InboundMessage.HookDelivery;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.routing.Route;
import java.time.Duration;

/** The sender of a request with a key, and the rules for the response. */
enum Caller {
  /**
   * Twilio, which does not repeat a webhook by default: a kept message counts as received. The
   * response is sent as soon as the lane knows that the message waits.
   */
  TWILIO,
  /**
   * A service that sent a webhook, which is stored before: a kept message counts as received, and a
   * repetition may have another text, since the template of the hook may have changed.
   */
  SERVICE,
  /** A program with an {@code Idempotency-Key}, which repeats a request that failed. */
  PROGRAM,
  /** No caller waits: a later attempt, after the request ended. */
  NONE;

  /** Twilio gives up after 15 seconds; a person sees the answer to a text, if there is one. */
  private static final Duration WEBHOOK_TIMEOUT = Duration.ofSeconds(2);

  static Caller of(DedupeKey key) {
    if (key instanceof TwilioMessage) {
      return TWILIO;
    }
    return key instanceof HookDelivery ? SERVICE : PROGRAM;
  }

  /** Whether the same key with another content is a conflict; Twilio's SID names one content. */
  boolean comparesContent() {
    return this == PROGRAM;
  }

  /** Whether a message that is kept counts as received, although the next step failed. */
  boolean acceptsKept() {
    return this == TWILIO || this == SERVICE;
  }

  /** How long the caller waits for the message to be appended. */
  Duration timeout(Duration acceptTimeout) {
    return acceptsKept() ? WEBHOOK_TIMEOUT : acceptTimeout;
  }

  /**
   * Whether a kept message with this refusal is removed again, so that it may come again. A refusal
   * that an operator can end makes a dead letter instead, unless a program is told of it.
   */
  boolean takesBack(Route.Reason reason) {
    return switch (reason) {
      case NO_OWNER, NO_CONVERSATION, READ_ONLY -> this == PROGRAM;
      case STRANGER, WRONG_CODE, TOO_MANY_CODES -> true;
    };
  }
}
