package chat.switchboard.outbound;

import java.util.Optional;

/**
 * What is reported of a text later.
 *
 * @param id ours; empty if the report does not carry it
 * @param sid the carrier's name for the message
 */
public record DeliveryReport(Optional<String> id, String sid, News news) {

  /** What happened. */
  public sealed interface News {

    /**
     * It is on its way.
     *
     * @param code the carrier's error code, where it tells one nevertheless; null as a rule
     * @param cause that error in one sentence; null as a rule
     */
    record OnItsWay(String status, Integer code, String cause) implements News {}

    /** It is on the phone. */
    record Delivered(String status) implements News {}

    /**
     * It was given up. The carrier had it, and it may arrive nevertheless, so that it is never sent
     * again by itself.
     */
    record Failed(boolean onTheWay, Integer code, String cause) implements News {}

    /** It was given up because the person has opted out. */
    record OptedOut(int code, String cause) implements News {}
  }
}
