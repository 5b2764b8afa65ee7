package chat.switchboard.routing;

import chat.switchboard.http.FixedWindowLimiter;
import chat.switchboard.ops.Digests;
import chat.switchboard.ops.JwtSecretConfig;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;

/**
 * Creates codes and recognises them. A code is stored as an HMAC under a key that is not in the
 * database, so that a copy of the database reveals no code.
 */
@Singleton
public class Codes {

  private static final String PURPOSE = "switchboard codes";
  private static final String DRAWING = "switchboard codes, drawing";

  /**
   * Ordinary texts may look like a code with gaps ("Apt 237"). This many of them count as one wrong
   * code, without a notice: otherwise a sender could guess codes with gaps.
   */
  private static final int GAPPED_FOR_ONE = 4;

  private final MappingStore store;
  private final JwtSecretConfig jwtSecretConfig;
  private final CodesConfig codesConfig;
  private final Clock clock;
  private final FixedWindowLimiter wrong;
  private final FixedWindowLimiter gapped;
  private final FixedWindowLimiter told;

  Codes(MappingStore store, JwtSecretConfig jwtSecretConfig, CodesConfig codesConfig, Clock clock) {
    this.store = store;
    this.jwtSecretConfig = jwtSecretConfig;
    this.codesConfig = codesConfig;
    this.clock = clock;
    this.wrong = new FixedWindowLimiter(codesConfig.wrongPerHour(), Duration.ofHours(1), clock);
    this.gapped =
        new FixedWindowLimiter(
            codesConfig.wrongPerHour() * GAPPED_FOR_ONE, Duration.ofHours(1), clock);
    this.told = new FixedWindowLimiter(codesConfig.wrongPerHour(), Duration.ofHours(1), clock);
  }

  /** A new code and its expiry. The code itself is returned once and not stored. */
  public record Made(String code, Date expiresAt) {}

  /** Gives this mapping a new code; the old code becomes invalid. */
  public Uni<Made> renew(String mappingId) {
    return renew(mappingId, UUID.randomUUID().toString());
  }

  /**
   * Gives this mapping a code that is computed from these strings and Switchboard's key, so that a
   * repeated call for the same reason gives the same code.
   */
  public Uni<Made> renew(String mappingId, String reason) {
    String code = Code.make(drawn(reason));
    Date expiresAt = Date.from(clock.instant().plus(codesConfig.ttl()));
    return store
        .setCode(mappingId, hash(code), expiresAt)
        .flatMap(
            isUnique ->
                isUnique
                    ? Uni.createFrom().item(new Made(code, expiresAt))
                    // Another mapping has the same code, one in a hundred million: make another.
                    : renew(mappingId, reason + "'"));
  }

  /** Returns the mapping of this code, while the code is valid. */
  Uni<Optional<Mapping>> find(String code) {
    return store.withCode(hash(code));
  }

  /**
   * Whether this sender may still try codes.
   *
   * @param sender the sender's account
   */
  boolean mayTry(String sender) {
    return wrong.wouldAllow(sender);
  }

  /** Whether a code with gaps of this sender is still looked up; counts the look-up. */
  boolean mayTryGapped(String sender) {
    return mayTry(sender) && gapped.allows(sender);
  }

  /** Counts a wrong code of this sender. */
  void wasWrong(String sender) {
    wrong.allows(sender);
  }

  /** Whether a sender over the limit gets a further notice; counts the notice. */
  boolean mayBeTold(String sender) {
    return told.allows(sender);
  }

  private String hash(String code) {
    return HexFormat.of().formatHex(mac(PURPOSE, code));
  }

  /**
   * Returns numbers that are computed from these strings, and that cannot be predicted without
   * Switchboard's key.
   */
  private IntUnaryOperator drawn(String reason) {
    AtomicInteger draws = new AtomicInteger();
    return bound ->
        (int)
            Long.remainderUnsigned(
                ByteBuffer.wrap(mac(DRAWING, reason + " " + draws.incrementAndGet())).getLong(),
                bound);
  }

  private byte[] mac(String purpose, String words) {
    return Digests.hmacSha256(purpose + jwtSecretConfig.jwtSecret().orElse(""), words);
  }
}
