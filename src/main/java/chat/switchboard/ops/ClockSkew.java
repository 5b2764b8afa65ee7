package chat.switchboard.ops;

import java.time.Duration;
import java.time.Instant;

/** Compares our clock with another's. */
public final class ClockSkew {

  /** A Date header has whole seconds, and the answer was some time on its way. */
  private static final Duration UNSEEN = Duration.ofSeconds(3);

  /** Tokens are good for 15 minutes; from here on people notice. */
  private static final Duration HARMFUL = Duration.ofSeconds(30);

  private ClockSkew() {}

  /**
   * @param whose such as "MongoDB's"
   * @param theirs what it says now
   */
  public static Finding between(String whose, Instant theirs, Instant ours) {
    Duration ahead = Duration.between(theirs, ours);
    if (ahead.abs().compareTo(UNSEEN) <= 0) {
      return Finding.ok("Our clock and " + whose + " agree.");
    }
    String says =
        "Our clock is "
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
