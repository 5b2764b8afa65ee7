package chat.switchboard.ops;

import org.jspecify.annotations.Nullable;

/**
 * What a check found.
 *
 * @param says what is so; never a secret or a whole phone number
 * @param mend what to do about it; null where all is well
 */
public record Finding(Status status, String says, @Nullable String mend) {

  /** How bad it is. */
  public enum Status {
    OK,
    /** It works, but not all of it, or not for long. */
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
