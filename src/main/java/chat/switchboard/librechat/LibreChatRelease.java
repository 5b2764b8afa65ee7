package chat.switchboard.librechat;

import chat.switchboard.http.ProblemException;
import chat.switchboard.ops.Periodic;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Default;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Facts about the running LibreChat that its data shows: which fields LibreChat knows, and whether
 * LibreChat encrypts them on the client (MongoDB's client-side field-level encryption). If so,
 * Switchboard writes no plain text: an encrypted database would contain unencrypted text, and
 * LibreChat could fail to read the text.
 */
// A qualifier such as @Readiness takes the default one away, by which others inject the bean.
@Default
@Readiness
@Singleton
public class LibreChatRelease implements HealthCheck {

  private static final Logger LOG = Logger.getLogger(LibreChatRelease.class);
  private static final Periodic PERIODIC =
      new Periodic(LOG, "Reading LibreChat's newest documents");

  /** The Retry-After for a refused caller: the time of the next check. */
  private static final Duration NEXT_LOOK = Duration.ofSeconds(30);

  private final NewestDocuments newest;

  /** Null until the first read of LibreChat's data. */
  private volatile DataFacts facts;

  LibreChatRelease(NewestDocuments newest) {
    this.newest = newest;
  }

  @Scheduled(every = "30s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> lookAgain() {
    return PERIODIC.run(look());
  }

  private Uni<DataFacts> look() {
    return newest.look().invoke(this::note);
  }

  private void note(DataFacts seen) {
    DataFacts before = facts;
    Optional<String> wasEncrypted = encryptedField();
    facts =
        new DataFacts(
            seen.encryptedField(),
            seen.knowsUserSubmitted()
                .or(() -> before == null ? Optional.empty() : before.knowsUserSubmitted()));
    if (seen.encryptedField().isPresent() && wasEncrypted.isEmpty()) {
      LOG.error(cause(seen.encryptedField().get()));
    } else if (seen.encryptedField().isEmpty() && wasEncrypted.isPresent()) {
      LOG.info(
          "LibreChat's newest documents are not encrypted any more: messages are accepted again.");
    }
  }

  /**
   * Fails with a {@link ProblemException} (503) if plain text must not be written. Reads
   * LibreChat's data at the first call.
   */
  public Uni<Void> requirePlainText() {
    DataFacts known = facts;
    Uni<DataFacts> current = known == null ? look() : Uni.createFrom().item(known);
    return current.flatMap(
        seen ->
            seen.encryptedField()
                .map(field -> Uni.createFrom().<Void>failure(refusal(field)))
                .orElseGet(() -> Uni.createFrom().voidItem()));
  }

  /** Whether the last check found encrypted fields. */
  public boolean isEncrypted() {
    return encryptedField().isPresent();
  }

  /** Whether the running release writes {@code isUserSubmitted} itself. */
  boolean knowsUserSubmitted() {
    DataFacts known = facts;
    return known != null && known.knowsUserSubmitted().orElse(false);
  }

  private Optional<String> encryptedField() {
    DataFacts known = facts;
    return known == null ? Optional.empty() : known.encryptedField();
  }

  private static ProblemException refusal(String field) {
    return ProblemException.later(503, cause(field), NEXT_LOOK);
  }

  private static String cause(String field) {
    return "LibreChat encrypts "
        + field
        + " on the client (client-side field-level encryption): Switchboard has no key for this "
        + "encryption and does not store plain text there";
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("librechat-encryption");
    return encryptedField()
        .map(field -> response.down().withData("cause", cause(field)).build())
        .orElseGet(() -> response.up().build());
  }
}
