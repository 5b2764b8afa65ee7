package chat.switchboard.inbound;

import chat.switchboard.routing.Route;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/** Makes entries dead letters whose message no conversation takes. */
@Singleton
class DeadLetters {

  private static final Logger LOG = Logger.getLogger(Pipeline.class);

  private final Inbox inbox;
  private final MeterRegistry meters;

  DeadLetters(Inbox inbox, MeterRegistry meters) {
    this.inbox = inbox;
    this.meters = meters;
  }

  /** Whether a message that is refused for this reason becomes a dead letter. */
  static boolean take(Route.Reason reason) {
    return switch (reason) {
      case NO_OWNER, NO_CONVERSATION, READ_ONLY -> true;
      case STRANGER, WRONG_CODE, TOO_MANY_CODES -> false;
    };
  }

  Uni<InboxEntry> bury(InboxEntry entry, Route.Reason reason) {
    String sentence = sentence(reason);
    LOG.errorf("Message %s is a dead letter: %s", entry.id, sentence);
    meters.counter("switchboard.inbox.dead").increment();
    return inbox.bury(entry, sentence);
  }

  private static String sentence(Route.Reason reason) {
    return switch (reason) {
      case NO_OWNER ->
          "The new conversation has no owner: SWITCHBOARD_OWNER names no LibreChat user.";
      case READ_ONLY ->
          "The conversation is the thread of a sub-agent, which is read-only in LibreChat.";
      case NO_CONVERSATION -> "The conversation was deleted.";
      case STRANGER, WRONG_CODE, TOO_MANY_CODES ->
          throw new IllegalArgumentException("The caller is told of " + reason);
    };
  }
}
