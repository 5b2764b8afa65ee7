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
 * The answers that LibreChat is generating for Switchboard: answers that this replica requested, at
 * once, and answers of other replicas from the collection of replies. Each replica reports each
 * begin and each end once.
 */
@ApplicationScoped
class AnswersUnderWay {

  private static final Logger LOG = Logger.getLogger(AnswersUnderWay.class);

  /** A query that began before the end of an answer may still contain that answer. */
  private static final Duration STALE_LOOK = Duration.ofSeconds(5);

  private final Announcer announcer;
  private final Clock clock;

  /** The owner, by conversation. */
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

  /** The answer has ended, with or without text. */
  synchronized void ended(String conversationId) {
    String user = here.remove(conversationId);
    if (user != null) {
      endedHere.put(conversationId, clock.instant());
      tell(conversationId, user, false);
    }
  }

  /** Whether this replica has an open stream that may report an answer. */
  boolean isHeard() {
    return announcer.isHeard();
  }

  /** Takes over the running answers of all replicas from the database. */
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
