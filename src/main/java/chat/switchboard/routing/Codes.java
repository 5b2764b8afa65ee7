package chat.switchboard.routing;

import chat.switchboard.http.FixedWindowLimiter;
import chat.switchboard.ops.Digests;
import chat.switchboard.ops.JwtSecretConfig;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
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
 * Makes codes and recognises them. They are stored as an HMAC under a key that is not in the
 * database, so that a copy of the database hands out none.
 */
@ApplicationScoped
public class Codes {

  private static final String PURPOSE = "switchboard codes";
  private static final String DRAWING = "switchboard codes, drawing";

  /**
   * Ordinary texts may look like a code with gaps ("Apt 237"). So many of them count as much as one
   * wrong code, and in silence: more would let a sender guess codes with gaps.
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

  /** A new code, and until when it is good. The code itself is told once, and stored nowhere. */
  public record Made(String code, Date expiresAt) {}

  /** Gives this mapping a new code; an old one ends. */
  public Uni<Made> renew(String mappingId) {
    return renew(mappingId, UUID.randomUUID().toString());
  }

  /**
   * Gives this mapping the code that follows from these words and our key, so that whoever does it
   * again for the same reason gives it the same one.
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

  /** The mapping that this code belongs to, while it is good. */
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

  /** Whether a code with gaps of this sender is still looked up; the look-up is counted. */
  boolean mayTryGapped(String sender) {
    return mayTry(sender) && gapped.allows(sender);
  }

  /** Counts a wrong code of this sender. */
  void wasWrong(String sender) {
    wrong.allows(sender);
  }

  /** Whether a sender over the limit is told so once more; that is counted. */
  boolean mayBeTold(String sender) {
    return told.allows(sender);
  }

  private String hash(String code) {
    return HexFormat.of().formatHex(mac(PURPOSE, code));
  }

  /** Numbers that follow from these words, and that nobody can tell without our key. */
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
