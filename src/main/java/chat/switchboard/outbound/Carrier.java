package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;

/** Takes a text on its way. */
public interface Carrier {

  /**
   * One text message.
   *
   * @param id ours, which comes back with what is reported of it
   * @param from our number or messaging service
   * @param to the person
   * @param text what the phone shows
   */
  record Sms(String id, String from, String to, String text) {}

  /** Why nothing can be sent, naming what is to be set; empty where all is there. */
  Optional<String> unavailable();

  /** Hands it over, once; it never tries again by itself, and never fails. */
  Uni<Outcome> send(Sms sms);

  /** What became of it. */
  sealed interface Outcome {

    /**
     * It was taken.
     *
     * @param sid the carrier's name for the message
     * @param news what the carrier's answer says of the message already
     */
    record Sent(String sid, DeliveryReport.News news) implements Outcome {}

    /** It was refused, and would be again. */
    record Refused(int code, String cause) implements Outcome {}

    /** It was refused because the person has opted out. */
    record OptedOut(int code, String cause) implements Outcome {}

    /** It was not taken now. */
    record TryLater(Optional<Duration> after, String cause) implements Outcome {}

    /** It has not left: there was no connection. */
    record NotSent(String cause) implements Outcome {}

    /** It has left, and it is not known whether it was taken. */
    record Ambiguous(String cause) implements Outcome {}
  }
}
