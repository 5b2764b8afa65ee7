package chat.switchboard.outbound;

import chat.switchboard.http.ProblemException;
import chat.switchboard.ops.Cause;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * Lists the account's templates. The list is kept for a time; if a new list cannot be read, the old
 * list is served for an hour.
 */
@ApplicationScoped
public class TemplateCatalog {

  private static final Logger LOG = Logger.getLogger(TemplateCatalog.class);

  private static final Duration LONGEST_STALE = Duration.ofHours(1);

  /**
   * A template that is not in the list may be new; a caller's mistake reads no list at once again.
   */
  private static final Duration READ_AGAIN_AFTER = Duration.ofSeconds(10);

  private final TemplateSource source;
  private final Duration fresh;
  private final Clock clock;
  private final AtomicReference<Listed> last = new AtomicReference<>();
  private final AtomicReference<Uni<Listed>> reading = new AtomicReference<>();

  TemplateCatalog(TemplateSource source, WindowConfig config, Clock clock) {
    this.source = source;
    this.fresh = config.templatesCache();
    this.clock = clock;
  }

  /**
   * The templates.
   *
   * @param readAt when Twilio returned the list
   * @param isStale whether a newer list could not be read
   */
  public record Listed(List<MessageTemplate> templates, Instant readAt, boolean isStale) {

    private Optional<MessageTemplate> find(String sid) {
      return templates.stream().filter(one -> one.sid().equalsIgnoreCase(sid)).findFirst();
    }
  }

  /**
   * Returns the templates; fails with 503 if the account is not configured, or if Twilio cannot be
   * read.
   */
  public Uni<Listed> list() {
    return list(fresh);
  }

  /** Returns one template; a template that is missing in an older list is looked up once more. */
  public Uni<Optional<MessageTemplate>> find(String sid) {
    return list()
        .flatMap(
            listed -> {
              Optional<MessageTemplate> found = listed.find(sid);
              return found.isPresent()
                  ? Uni.createFrom().item(found)
                  : list(READ_AGAIN_AFTER).map(newer -> newer.find(sid));
            });
  }

  private Uni<Listed> list(Duration longest) {
    Optional<String> missing = source.unavailable();
    if (missing.isPresent()) {
      return Uni.createFrom().failure(ProblemException.of(503, missing.get()));
    }
    Listed known = last.get();
    boolean isFresh = known != null && age(known).compareTo(longest) < 0;
    return isFresh ? Uni.createFrom().item(known) : read();
  }

  /** Requests at one time read the list once. */
  private Uni<Listed> read() {
    Uni<Listed> mine =
        Uni.createFrom()
            .deferred(source::read)
            .map(templates -> new Listed(templates, clock.instant(), false))
            .invoke(last::set)
            .onFailure()
            .recoverWithUni(this::stale)
            .onTermination()
            .invoke(() -> reading.set(null))
            .memoize()
            .indefinitely();
    Uni<Listed> running = reading.updateAndGet(other -> other == null ? mine : other);
    return running;
  }

  private Uni<Listed> stale(Throwable failure) {
    LOG.warnf("Reading the templates from Twilio failed: %s", Cause.of(failure));
    Listed known = last.get();
    return known != null && age(known).compareTo(LONGEST_STALE) < 0
        ? Uni.createFrom().item(new Listed(known.templates(), known.readAt(), true))
        : Uni.createFrom()
            .failure(
                ProblemException.later(
                    503,
                    "The templates could not be read from Twilio's Content API; try again later",
                    Duration.ofSeconds(30)));
  }

  private Duration age(Listed listed) {
    return Duration.between(listed.readAt(), clock.instant());
  }
}
