package chat.switchboard.ops;

import org.jspecify.annotations.Nullable;

/**
 * The result of a check.
 *
 * @param says the state that the check found; never a secret or a whole phone number
 * @param mend the remedy; null if no action is needed
 */
public record Finding(Status status, String says, @Nullable String mend) {

  /** The severity. */
  public enum Status {
    OK,
    /** The service works with restrictions, or will fail later. */
    WARN,
    FAIL
  }

  public static Finding ok(String says) {
    return new Finding(Status.OK, says, null);
  }

  public static Finding warn(String says, String mend) {
    return new Finding(Status.WARN, says, mend);
  }

  public static Finding fail(String says, String mend) {
    return new Finding(Status.FAIL, says, mend);
  }
}
