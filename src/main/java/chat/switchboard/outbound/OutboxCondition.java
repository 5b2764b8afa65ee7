package chat.switchboard.outbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.or;

import chat.switchboard.mongo.Store;
import java.util.Collection;
import org.bson.conversions.Bson;

/**
 * The condition of a step in {@link Transitions}: the text, and what must still hold for the text.
 * The update that takes the step checks the condition, so that of several replicas one succeeds.
 */
@Store
record OutboxCondition(Bson filter) {

  /** The text is in the state in which the caller read it. */
  static OutboxCondition inState(OutboxEntry entry, OutboxState state) {
    return new OutboxCondition(and(eq("_id", entry.id), eq("state", state.name())));
  }

  /** The texts, as long as they are in one of these states. */
  static OutboxCondition allIn(Collection<String> ids, Collection<OutboxState> states) {
    return new OutboxCondition(
        and(in("_id", ids), in("state", states.stream().map(OutboxState::name).toList())));
  }

  /** Nothing has changed since the caller read the text: neither its state nor its claim. */
  static OutboxCondition unchanged(OutboxEntry entry) {
    return new OutboxCondition(
        and(eq("_id", entry.id), eq("state", entry.state.name()), eq("claim", entry.claim)));
  }

  /** The text still belongs to the caller's claim and is in one of these states. */
  static OutboxCondition claimed(OutboxEntry claimed, OutboxState... states) {
    return new OutboxCondition(
        and(
            eq("_id", claimed.id),
            eq("claim", claimed.claim),
            in("state", OutboxState.names(states))));
  }

  /** The text still belongs to the caller's claim and ranks below this state. */
  static OutboxCondition claimedBelow(OutboxEntry claimed, OutboxState state) {
    return new OutboxCondition(
        and(eq("_id", claimed.id), eq("claim", claimed.claim), in("state", state.below())));
  }

  /** The report is about the text's current try, and the text ranks below this state. */
  static OutboxCondition reportedBelow(OutboxEntry entry, String sid, OutboxState state) {
    return new OutboxCondition(
        and(
            eq("_id", entry.id),
            or(eq("sid", null), eq("sid", sid)),
            ne("pastSids", sid),
            in("state", state.below())));
  }

  /** The report is about the current try of a text that is on the phone. */
  static OutboxCondition reportedDelivered(OutboxEntry entry, String sid) {
    return new OutboxCondition(
        and(
            eq("_id", entry.id),
            eq("sid", sid),
            ne("pastSids", sid),
            eq("state", OutboxState.DELIVERED.name())));
  }

  /** The report is about an earlier try, and the next try was not sent yet. */
  static OutboxCondition reportedEarlierTry(OutboxEntry entry, String sid) {
    return new OutboxCondition(
        and(
            eq("_id", entry.id),
            eq("pastSids", sid),
            in(
                "state",
                OutboxState.names(OutboxState.HELD, OutboxState.QUEUED, OutboxState.DEAD))));
  }

  /** Neither the state nor the SID has changed since the caller read the text. */
  static OutboxCondition sameTry(OutboxEntry entry) {
    return new OutboxCondition(
        and(eq("_id", entry.id), eq("state", entry.state.name()), eq("sid", entry.sid)));
  }
}
