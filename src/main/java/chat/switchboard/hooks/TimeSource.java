package chat.switchboard.hooks;

import java.time.Duration;
import java.util.List;

/**
 * The time of a signed request.
 *
 * @param place where the time is
 * @param names the names of the header (the first one that the request has), of the item inside the
 *     signature header, or one JSON pointer
 * @param unit the form of the value
 * @param tolerance the most that the time may differ from the present, in the past and the future
 */
record TimeSource(Place place, List<String> names, Unit unit, Duration tolerance) {

  /** Where the time is. */
  enum Place {
    HEADER,
    /** An item such as {@code t=1614265330} inside the signature header. */
    SIGNATURE_ITEM,
    /** A field of the signed body. */
    BODY
  }

  /** The form of the value. */
  enum Unit {
    SECONDS,
    MILLISECONDS,
    /** RFC 3339, such as {@code 2026-11-26T04:00:00Z}. */
    RFC_3339
  }
}
