package chat.switchboard.replies;

import chat.switchboard.stream.Announcer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The answers that LibreChat is generating for Switchboard at this moment: those that this replica
 * asked for, at once, and those of the other replicas as the collection of replies shows them. Each
 * beginning and each end is told once in each replica.
 */
@ApplicationScoped
class AnswersUnderWay {

  private static final Logger LOG = Logger.getLogger(AnswersUnderWay.class);

  /** A look that was begun before an end here may show that answer once more. */
  private static final Duration STALE_LOOK = Duration.ofSeconds(5);

  private final Announcer announcer;
  private final Clock clock;

  /** By conversation, the owner. */
  private final Map<String, String> here = new HashMap<>();

  private final Map<String, String> elsewhere = new HashMap<>();
  private final Map<String, Instant> endedHere = new HashMap<>();

  AnswersUnderWay(Announcer announcer, Clock clock) {
    this.announcer = announcer;
    this.clock = clock;
  }

  /** An answer that this replica follows has begun, or was taken over from another replica. */
  synchronized void begun(String conversationId, String user) {
    endedHere.remove(conversationId);
    boolean told = elsewhere.remove(conversationId) != null;
    if (here.put(conversationId, user) == null && !told) {
      tell(conversationId, user, true);
    }
  }

  /** The answer has ended, with or without words. */
  synchronized void ended(String conversationId) {
    String user = here.remove(conversationId);
    if (user != null) {
      endedHere.put(conversationId, clock.instant());
      tell(conversationId, user, false);
    }
  }

  /** All answers under way, of whatever replica, as the database shows them. */
  synchronized void observed(Collection<Reply> answering) {
    Instant stale = clock.instant().minus(STALE_LOOK);
    endedHere.values().removeIf(ended -> ended.isBefore(stale));
    Map<String, String> now =
        answering.stream()
            .filter(reply -> !here.containsKey(reply.conversationId))
            .filter(reply -> !endedHere.containsKey(reply.conversationId))
            .collect(
                Collectors.toMap(
                    reply -> reply.conversationId, reply -> reply.user, (one, same) -> one));
    for (Iterator<Map.Entry<String, String>> known = elsewhere.entrySet().iterator();
        known.hasNext(); ) {
      Map.Entry<String, String> one = known.next();
      if (!now.containsKey(one.getKey())) {
        known.remove();
        tell(one.getKey(), one.getValue(), false);
      }
    }
    now.forEach(
        (conversationId, user) -> {
          if (elsewhere.put(conversationId, user) == null) {
            tell(conversationId, user, true);
          }
        });
  }

  private void tell(String conversationId, String user, boolean started) {
    try {
      announcer.announceProgress(conversationId, user, started);
    } catch (RuntimeException unexpected) {
      // A failure of the streams must not keep the answer from the phone.
      LOG.errorf(
          unexpected, "Publishing the answer progress of conversation %s failed.", conversationId);
    }
  }
}
