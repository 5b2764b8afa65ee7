package chat.switchboard.api;

import chat.switchboard.mongo.BoundedCount;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.jboss.logging.Logger;

/** Stores the actions of operators and programs, with the name of the key. */
@ApplicationScoped
public class AuditLog implements ReactivePanacheMongoRepositoryBase<AuditEntity, ObjectId> {

  private static final Logger LOG = Logger.getLogger(AuditLog.class);

  private static final Duration SHORTEST_RETENTION = Duration.ofDays(1);

  private final Duration retention;
  private final Clock clock;

  AuditLog(AuditConfig config, Clock clock) {
    this.retention =
        config.retention().compareTo(SHORTEST_RETENTION) < 0
            ? SHORTEST_RETENTION
            : config.retention();
    this.clock = clock;
  }

  /**
   * Notes an action that was done with the key of the request. A failure leaves a line in the log:
   * the action is not undone.
   *
   * @param action a few words, such as "made a hook"
   * @param subject never a secret or a whole phone number
   */
  public Uni<Void> note(RoutingContext request, String action, String subject) {
    AuditEntity entry = new AuditEntity();
    Instant now = clock.instant();
    entry.at = Date.from(now);
    entry.forgetAt = Date.from(now.plus(retention));
    entry.key = ApiKey.of(request).name();
    entry.action = action;
    entry.subject = subject;
    return persist(entry)
        .replaceWithVoid()
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.warnf("The audit has no entry for: %s %s %s.", entry.key, action, subject);
              return Uni.createFrom().voidItem();
            });
  }

  /** The actions, the newest first. */
  Uni<List<AuditEntity>> newest(int offset, int limit) {
    return find(new Document(), new Document("at", -1).append("_id", -1))
        .range(offset, offset + limit - 1)
        .list();
  }

  /** The number of actions, at most as {@link BoundedCount} counts. */
  Uni<Long> known() {
    return BoundedCount.of(mongoCollection(), new Document());
  }
}
