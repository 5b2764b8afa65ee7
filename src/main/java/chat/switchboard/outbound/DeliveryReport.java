package chat.switchboard.outbound;

import java.util.Optional;

/**
 * A carrier's later report about a text.
 *
 * @param id Switchboard's id; empty if the report does not contain the id
 * @param sid the carrier's name for the message
 */
public record DeliveryReport(Optional<String> id, String sid, News news) {

  /** The event. */
  public sealed interface News {

    /**
     * The text is on its way.
     *
     * @param code the carrier's error code, which is normally null
     * @param cause that error in one sentence, which is normally null
     */
    record OnItsWay(String status, Integer code, String cause) implements News {}

    /** The text is on the phone. */
    record Delivered(String status) implements News {

      /** Whether the person has read the text too. */
      boolean isRead() {
        return status.equals("read");
      }
    }

    /**
     * The carrier gave the text up. The text may still arrive, so Switchboard never resends the
     * text automatically.
     */
    record Failed(boolean onTheWay, Integer code, String cause) implements News {}

    /** The carrier gave the text up because the person has opted out. */
    record OptedOut(int code, String cause) implements News {}
  }
}
