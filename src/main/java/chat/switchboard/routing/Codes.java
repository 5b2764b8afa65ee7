package chat.switchboard.routing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;

import chat.switchboard.ops.DuplicateKey;
import chat.switchboard.ops.SwitchboardConfig;
import chat.switchboard.ops.Windows;
import com.mongodb.client.model.Updates;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes codes and recognises them. They are stored as an HMAC under a key that is not in the
 * database, so that a copy of the database hands out none.
 */
@ApplicationScoped
public class Codes {

  private static final String PURPOSE = "switchboard codes";

  private final SwitchboardConfig config;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final Windows wrong;

  Codes(SwitchboardConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
    this.wrong = new Windows(config.codes().wrongPerHour(), Duration.ofHours(1), clock);
  }

  /** A new code, and until when it is good. The code itself is told once, and stored nowhere. */
  public record Made(String code, Date expiresAt) {}

  /** Gives this mapping a new code; an old one ends. */
  public Uni<Made> renew(String mappingId) {
    String code = Code.make(random);
    Date expiresAt = Date.from(clock.instant().plus(config.codes().life()));
    return Mapping.mongoCollection()
        .updateOne(
            eq("_id", mappingId),
            Updates.combine(
                Updates.set("code", hash(code)), Updates.set("codeExpiresAt", expiresAt)))
        .map(done -> new Made(code, expiresAt))
        // Another mapping has the same code: one in a hundred million, and then another is made.
        .onFailure(DuplicateKey::is)
        .recoverWithUni(() -> renew(mappingId));
  }

  /** The mapping that this code belongs to, while it is good. */
  Uni<Optional<Mapping>> find(String code) {
    return Mapping.<Mapping>find(
            and(eq("code", hash(code)), gt("codeExpiresAt", Date.from(clock.instant()))))
        .firstResult()
        .map(Optional::ofNullable);
  }

  /** Whether this sender may still try codes. */
  boolean mayTry(String from) {
    return wrong.wouldAllow(from);
  }

  /** Notes that this sender has shown a wrong one. */
  void wasWrong(String from) {
    wrong.allows(from);
  }

  private String hash(String code) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      String secret = PURPOSE + config.jwtSecret().orElse("");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(code.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("Every Java platform has HmacSHA256", impossible);
    }
  }
}
