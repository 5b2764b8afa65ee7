package chat.switchboard.outbound;

import chat.switchboard.mongo.Store;
import com.mongodb.client.model.Updates;
import java.util.Date;
import java.util.UUID;
import org.bson.conversions.Bson;

/** A change of a text's fields that a step in {@link Transitions} makes with the state. */
@Store
record OutboxChange(Bson update) {

  /** Begins a try: a new claim, and one more attempt. */
  static OutboxChange beginTry() {
    return new OutboxChange(
        Updates.combine(
            Updates.set("claim", UUID.randomUUID().toString()), Updates.inc("attempts", 1)));
  }

  /** Sets the SID that the carrier gave to the try. */
  static OutboxChange sid(String sid) {
    return new OutboxChange(Updates.set("sid", sid));
  }

  /**
   * Sets the carrier's error code.
   *
   * @param code null if there is no error
   */
  static OutboxChange errorCode(Integer code) {
    return new OutboxChange(
        code == null ? Updates.unset("errorCode") : Updates.set("errorCode", code));
  }

  /** The text waits for the person's next message. */
  static OutboxChange awaitWindow(Date until) {
    return new OutboxChange(
        Updates.combine(Updates.set("awaitsWindow", true), Updates.set("windowUntil", until)));
  }

  /** Ends a try: a late result of its request changes nothing. */
  static OutboxChange endTry() {
    return new OutboxChange(Updates.unset("claim"));
  }

  /** Whether the try goes as the template that is configured for a closed window. */
  static OutboxChange asTemplate(boolean isTemplate) {
    return new OutboxChange(
        isTemplate ? Updates.set("asTemplate", true) : Updates.unset("asTemplate"));
  }

  /** Starts the attempts of a requeued text again from this sender, with no attempt counted. */
  static OutboxChange requeue(String sender) {
    return new OutboxChange(
        Updates.combine(
            Updates.set("attempts", 0),
            Updates.set("sender", sender),
            Updates.unset("errorCode"),
            Updates.unset("windowUntil"),
            Updates.unset("uncounted")));
  }

  /** The files of the text are no longer due to be fetched. */
  static OutboxChange noFilesDue() {
    return new OutboxChange(
        Updates.combine(Updates.unset("filesDueAt"), Updates.unset("filesClaim")));
  }

  /** The files of the text are due to be fetched, with no attempt counted. */
  static OutboxChange filesDue(Date now) {
    return new OutboxChange(
        Updates.combine(
            Updates.set("filesDueAt", now),
            Updates.unset("filesClaim"),
            Updates.set("filesAttempts", 0)));
  }

  /** A held text enters the queue now; the spend guard has counted the text. */
  static OutboxChange release(Date now) {
    return new OutboxChange(
        Updates.combine(
            Updates.set("queuedAt", now),
            Updates.unset("uncounted"),
            Updates.unset("awaitsWindow")));
  }

  /** The time for which a text is held. */
  static OutboxChange sendAt(Date at) {
    return new OutboxChange(Updates.set("sendAt", at));
  }

  /** Keeps the SID of the earlier try, whose report may still arrive. */
  static OutboxChange retireSid(String sid) {
    return new OutboxChange(Updates.combine(Updates.unset("sid"), Updates.push("pastSids", sid)));
  }
}
