package chat.switchboard.phones;

import chat.switchboard.ops.Digests;
import chat.switchboard.ops.JwtSecretConfig;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HexFormat;

/**
 * The limits of codes in an hour of the clock. The counts are in the database, so that a user or a
 * sender has one limit at all replicas together. Two hours that follow each other may have twice
 * the limit around their border.
 */
@ApplicationScoped
class CodeLimits {

  private static final String PURPOSE = "switchboard phone limits";

  /** How long a count is kept after the end of its hour. */
  private static final Duration KEPT = Duration.ofHours(1);

  private final PhoneCodes codes;
  private final PhonesConfig config;
  private final JwtSecretConfig jwtSecretConfig;
  private final Clock clock;

  CodeLimits(PhoneCodes codes, PhonesConfig config, JwtSecretConfig jwtSecretConfig, Clock clock) {
    this.codes = codes;
    this.config = config;
    this.jwtSecretConfig = jwtSecretConfig;
    this.clock = clock;
  }

  /**
   * Counts a new code of this user.
   *
   * @return false if the user has had all codes of this hour
   */
  Uni<Boolean> countNew(String userId) {
    return codes.raise(id("new", userId), config.codesPerHour(), forgetAt());
  }

  /** Whether this sender has wrong codes left in this hour; counts nothing. */
  Uni<Boolean> mayTry(String account) {
    return codes.hasCount(wrong(account), mostWrong()).map(isFull -> !isFull);
  }

  /** Counts a wrong code of this sender. */
  Uni<Void> countWrong(String account) {
    return codes.raise(wrong(account), mostWrong(), forgetAt()).replaceWithVoid();
  }

  /** A limit of 0 would let no code link a phone: a sender without a wrong code may try one. */
  private int mostWrong() {
    return Math.max(1, config.wrongPerHour());
  }

  /** Returns the time until the next hour, in which the counts begin anew. */
  Duration untilNextHour() {
    return Duration.between(clock.instant(), nextHour()).plusSeconds(1);
  }

  /** The sender is in the database as a keyed hash: the count needs no number. */
  private String wrong(String account) {
    return id(
        "wrong",
        HexFormat.of()
            .formatHex(
                Digests.hmacSha256(PURPOSE + jwtSecretConfig.jwtSecret().orElse(""), account)));
  }

  /** The id of a count, which has another form than the hash of a code. */
  private String id(String kind, String name) {
    return "limit " + kind + " " + nextHour().minus(1, ChronoUnit.HOURS) + " " + name;
  }

  private Instant nextHour() {
    return clock.instant().truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
  }

  private Date forgetAt() {
    return Date.from(nextHour().plus(KEPT));
  }
}
