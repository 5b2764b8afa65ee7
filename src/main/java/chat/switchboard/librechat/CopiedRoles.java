package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;

import chat.switchboard.mongo.DatabaseName;
import chat.switchboard.ops.Periodic;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.types.ObjectId;
import org.jboss.logging.Logger;

/**
 * Restores the role of copied messages from outside.
 *
 * <p>{@code role} is not a field of LibreChat's schema: LibreChat's <em>Fork</em> and
 * <em>Duplicate</em> copy a message without the role, and a message without a role counts as the
 * assistant's own words. {@code metadata} is copied, so {@code metadata.role: "external"} without
 * {@code role} identifies such a copy. Seen with LibreChat main of August 2026.
 *
 * <p>A copy keeps the {@code createdAt} of its original, so a feed that polls by that date does not
 * see the copy. The conversation of a copy is new, and so this class scans new conversations too. A
 * change stream shows the copies themselves; the scans are then rare.
 */
@Singleton
public class CopiedRoles {

  private static final Logger LOG = Logger.getLogger(CopiedRoles.class);
  private static final Periodic PERIODIC = new Periodic(LOG, "Scanning new conversations");

  /** How far back the first scan reaches, for copies that were made while no replica ran. */
  private static final Duration FIRST_LOOK = Duration.ofHours(24);

  /**
   * A new conversation is scanned repeatedly for this long, because LibreChat writes its messages
   * after the conversation.
   */
  private static final Duration OVERLAP = Duration.ofSeconds(30);

  /** The time for which a conversation is not read again before its agent is asked. */
  private static final Duration LATELY = Duration.ofMinutes(10);

  /** The interval of the scans while the copies are found by the change stream. */
  private static final Duration SECOND_CHECK = Duration.ofMinutes(1);

  /** The maximum number of new conversations of all users in one scan; the newest count. */
  private static final int MOST_CONVERSATIONS = 1_000;

  private final ReactiveMongoClient client;
  private final DatabaseName database;
  private final String storedRole;
  private final Clock clock;
  private final Iterable<CopyWatch> watches;
  private final Counter restored;
  private final RecentTimes lately = new RecentTimes();
  private volatile Instant looked;

  @Inject
  CopiedRoles(
      ReactiveMongoClient client,
      DatabaseName database,
      MessageConfig config,
      Clock clock,
      @Any Instance<CopyWatch> watches,
      MeterRegistry meters) {
    this(client, database, config, clock, (Iterable<CopyWatch>) watches, meters);
  }

  CopiedRoles(
      ReactiveMongoClient client,
      DatabaseName database,
      MessageConfig config,
      Clock clock,
      Iterable<CopyWatch> watches,
      MeterRegistry meters) {
    this.watches = watches;
    this.storedRole = config.storedRole().name().toLowerCase(Locale.ROOT);
    this.client = client;
    this.database = database;
    this.clock = clock;
    this.restored =
        Counter.builder("switchboard.roles.restored")
            .description("Copies of messages from outside whose role was restored")
            .register(meters);
  }

  /**
   * Sets the stored role on the copies in these conversations; a repeated call changes nothing.
   *
   * @return the number of restored roles
   */
  public Uni<Long> restore(Collection<String> conversationIds) {
    return conversationIds.isEmpty()
        ? Uni.createFrom().item(0L)
        : copies(conversationIds).flatMap(this::update);
  }

  /**
   * Restores the roles in one conversation before its agent is asked. LibreChat writes copies
   * together with a new conversation, so a conversation that was read lately is not read again.
   */
  public Uni<Long> restoreOnce(String conversationId) {
    Instant now = clock.instant();
    return lately.isWithin(LATELY, now, conversationId)
        ? Uni.createFrom().item(0L)
        : restore(List.of(conversationId)).invoke(() -> lately.set(conversationId, now));
  }

  /** No index of LibreChat contains the role: this method reads the roles and compares them. */
  private Uni<List<ObjectId>> copies(Collection<String> conversationIds) {
    return client
        .getDatabase(database.resolve())
        .getCollection("messages", RawBsonDocument.class)
        .find(
            in("conversationId", conversationIds),
            RawBsonDocument.class,
            new FindOptions().projection(Projections.include(MessageSummary.FIELDS)))
        .map(MessageSummary::of)
        .select()
        .where(one -> one.id() != null && one.external() && one.roleless())
        .map(MessageSummary::id)
        .collect()
        .asList();
  }

  private Uni<Long> update(List<ObjectId> copies) {
    if (copies.isEmpty()) {
      return Uni.createFrom().item(0L);
    }
    return Message.<Message>mongoCollection()
        .updateMany(
            // Matches a missing field and null.
            and(in("_id", copies), eq("role", null)), Updates.set("role", storedRole))
        .map(result -> result.getModifiedCount())
        .invoke(
            count -> {
              if (count > 0) {
                restored.increment(count);
                LOG.infof("Restored the role of %d copied messages from outside.", count);
              }
            });
  }

  @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> look() {
    Instant begun = clock.instant();
    Instant last = looked;
    if (last != null && begun.isBefore(last.plus(SECOND_CHECK)) && isWatched()) {
      return Uni.createFrom().voidItem();
    }
    Instant since = last == null ? begun.minus(FIRST_LOOK) : last.minus(OVERLAP);
    return PERIODIC.run(
        newConversations(since).flatMap(this::restore).invoke(() -> looked = begun));
  }

  private boolean isWatched() {
    for (CopyWatch watch : watches) {
      if (watch.isWatched()) {
        return true;
      }
    }
    return false;
  }

  private Uni<List<String>> newConversations(Instant since) {
    return client
        .getDatabase(database.resolve())
        .getCollection("conversations", Document.class)
        .find(
            gt("createdAt", Date.from(since)),
            new FindOptions()
                .sort(Sorts.descending("createdAt"))
                .limit(MOST_CONVERSATIONS)
                .projection(Projections.include("conversationId")))
        .map(conversation -> conversation.get("conversationId"))
        .select()
        .where(String.class::isInstance)
        .map(String.class::cast)
        .collect()
        .asList();
  }
}
