package chat.switchboard.ops;

import java.time.Duration;
import java.time.Instant;

/** Compares this machine's clock with another clock. */
public final class ClockSkew {

  /** A Date header has whole seconds, and the response needs time to arrive. */
  private static final Duration UNSEEN = Duration.ofSeconds(3);

  /** Tokens are valid for 15 minutes; a larger difference affects users. */
  private static final Duration HARMFUL = Duration.ofSeconds(30);

  private ClockSkew() {}

  /**
   * @param whose the owner of the other clock, such as "MongoDB's"
   * @param theirs the time of the other clock
   */
  public static Finding between(String whose, Instant theirs, Instant ours) {
    Duration ahead = Duration.between(theirs, ours);
    if (ahead.abs().compareTo(UNSEEN) <= 0) {
      return Finding.ok("This machine's clock and " + whose + " agree.");
    }
    String says =
        "This machine's clock is "
            + ahead.abs().toSeconds()
            + " s "
            + (ahead.isNegative() ? "behind " : "ahead of ")
            + whose
            + ".";
    String mend = "Let both machines set their clocks by NTP (chrony or systemd-timesyncd).";
    return ahead.abs().compareTo(HARMFUL) < 0
        ? Finding.warn(says, mend)
        : Finding.fail(
            says + " Tokens end too early or too late, and messages are misplaced.", mend);
  }
}
