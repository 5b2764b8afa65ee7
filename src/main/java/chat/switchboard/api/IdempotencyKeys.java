package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the header with a caller's own name for a request. */
final class IdempotencyKeys {

  static final String HEADER = "Idempotency-Key";

  /** The header of a response that repeats an earlier response. */
  static final String REPLAYED = "Idempotency-Replayed";

  /** The longest key, in characters. */
  static final int LONGEST = 256;

  static final String VISIBLE_ASCII = "^[!-~]+$";

  private static final Pattern FORM = Pattern.compile(VISIBLE_ASCII);

  private IdempotencyKeys() {}

  /**
   * Returns the key. The header is not a parameter of a door's method, which cannot distinguish an
   * empty header from a missing header.
   *
   * @return empty if the request has no such header
   * @throws ProblemException 400, if the header is empty, too long or has other characters
   */
  static Optional<String> of(RoutingContext request) {
    String key = request.request().getHeader(HEADER);
    if (key != null && (key.length() > LONGEST || !FORM.matcher(key).matches())) {
      throw ProblemException.of(
          400, HEADER + " must be 1 to " + LONGEST + " visible ASCII characters");
    }
    return Optional.ofNullable(key);
  }
}
