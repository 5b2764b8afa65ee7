package chat.switchboard.librechat;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.bson.BsonDateTime;
import org.bson.BsonNull;
import org.bson.BsonValue;

/**
 * The dates in {@code expiredAt} at which MongoDB deletes conversations and messages, for
 * deployments with a retention policy.
 *
 * <p>LibreChat counts its retention from the last save: each turn moves the conversation's deadline
 * and gives the turn's messages the same one (data-schemas 0.0.71, {@code saveConvo} and {@code
 * saveMessage} with {@code retentionMode: all}). This class does the same for messages from
 * outside; otherwise MongoDB would delete an active conversation into which only people with a
 * phone write.
 */
@Singleton
class Deadlines {

  private final Optional<Duration> retention;
  private final Clock clock;

  Deadlines(LibreChatConfig config, Clock clock) {
    this.retention = config.retention();
    this.clock = clock;
  }

  /**
   * Returns the deadline of a conversation that is created now; BSON null if conversations have no
   * deadline.
   */
  BsonValue ofNewConversation() {
    return retention.<BsonValue>map(this::fromNow).orElse(BsonNull.VALUE);
  }

  /**
   * Returns the deadline of a message that is added now: the conversation's deadline, or a later
   * deadline by the policy.
   */
  BsonValue ofMessage(Conversation conversation) {
    if (!areExtended(conversation)) {
      return conversation.expiredAt == null ? BsonNull.VALUE : conversation.expiredAt;
    }
    BsonDateTime extended = fromNow(retention.orElseThrow());
    BsonDateTime current = conversation.expiredAt.asDateTime();
    return extended.getValue() > current.getValue() ? extended : current;
  }

  /**
   * Whether a message moves the deadline of the conversation. A temporary chat keeps the deadline
   * that its owner chose, and a conversation without a deadline gets none.
   */
  boolean areExtended(Conversation conversation) {
    return retention.isPresent()
        && conversation.expiredAt != null
        && conversation.expiredAt.isDateTime()
        && !Boolean.TRUE.equals(conversation.temporary);
  }

  private BsonDateTime fromNow(Duration kept) {
    return new BsonDateTime(clock.instant().plus(kept).toEpochMilli());
  }
}
