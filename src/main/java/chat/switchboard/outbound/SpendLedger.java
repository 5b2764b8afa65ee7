package chat.switchboard.outbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;

import chat.switchboard.mongo.DatabaseName;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.Store;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * The counters of {@code switchboard_spend}: one document for each UTC day and scope, shared by all
 * replicas. One conditional update raises a counter, so that a counter never exceeds its limit.
 */
@Store
@ApplicationScoped
class SpendLedger {

  static final String COLLECTION = "switchboard_spend";

  /** No limit. */
  static final long UNLIMITED = Long.MAX_VALUE;

  private static final String ALL = "all";
  private static final String OWNER = "owner";
  private static final String PERSON = "person";
  private static final String PEOPLE = "people";
  private static final String MET = "met";
  private static final String BLOCKED = "blocked";

  private static final Duration KEPT = Duration.ofDays(40);

  /**
   * Documents about single people, by a keyed hash, are kept only as long as their day may be
   * counted.
   */
  private static final Duration PERSON_KEPT = Duration.ofDays(2);

  private static final int OWNERS_SHOWN = 10;

  private final ReactiveMongoClient client;
  private final DatabaseName database;
  private final Clock clock;

  SpendLedger(ReactiveMongoClient client, DatabaseName database, Clock clock) {
    this.client = client;
    this.database = database;
    this.clock = clock;
  }

  /**
   * A counter of one day.
   *
   * @param day the UTC day, {@code 2026-01-31}
   * @param kind the kind of the counter
   * @param name the owner, or the person's key; empty for a single counter
   */
  record Counter(String day, String kind, String name) {

    String id() {
      return name.isEmpty() ? day + " " + kind : day + " " + kind + " " + name;
    }
  }

  /** Returns the current UTC day. */
  LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  /** Returns the end of today's counters. */
  Instant nextDay() {
    return today().plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  Duration untilNextDay() {
    return Duration.between(clock.instant(), nextDay()).plusSeconds(1);
  }

  Counter total() {
    return new Counter(today().toString(), ALL, "");
  }

  Counter owner(String user) {
    return new Counter(today().toString(), OWNER, user);
  }

  Counter person(String key) {
    return new Counter(today().toString(), PERSON, key);
  }

  Counter people() {
    return new Counter(today().toString(), PEOPLE, "");
  }

  private Counter met(String key) {
    return new Counter(today().toString(), MET, key);
  }

  /**
   * Raises a counter, unless the present count is higher than allowed.
   *
   * @param highest the highest allowed present count; {@link #UNLIMITED} for no limit
   * @return whether the counter was raised
   */
  Uni<Boolean> raise(Counter counter, int by, long highest) {
    if (highest < 0) {
      return Uni.createFrom().item(false);
    }
    Bson room = and(eq("_id", counter.id()), lte("used", highest));
    Bson raised = Updates.inc("used", (long) by);
    return ledger()
        .updateOne(room, Updates.combine(raised, asNew(counter)), new UpdateOptions().upsert(true))
        .replaceWith(true)
        // The counter exists: the limit is reached, or another request has just created the
        // counter.
        .onFailure(DuplicateKey::is)
        .recoverWithUni(
            () -> ledger().updateOne(room, raised).map(done -> done.getMatchedCount() == 1));
  }

  private Bson asNew(Counter counter) {
    return Updates.combine(
        Updates.setOnInsert("day", counter.day()),
        Updates.setOnInsert("kind", counter.kind()),
        Updates.setOnInsert("name", counter.name()),
        Updates.setOnInsert("expireAt", expireAt(counter)));
  }

  /** Takes back the count of a text that was not queued. */
  Uni<Void> lower(Counter counter, int by) {
    return ledger()
        .updateOne(
            and(eq("_id", counter.id()), gte("used", (long) by)), Updates.inc("used", (long) -by))
        .replaceWithVoid();
  }

  /** Returns the value of a counter. */
  Uni<Long> used(Counter counter) {
    return ledger()
        .find(eq("_id", counter.id()), new FindOptions().limit(1))
        .collect()
        .first()
        .map(found -> found == null ? 0L : number(found));
  }

  /** Whether this person is a new person who has already got an answer today. */
  Uni<Boolean> isMet(String key) {
    return ledger().countDocuments(eq("_id", met(key).id())).map(count -> count > 0);
  }

  /**
   * Records that this person got an answer today.
   *
   * @return false if this was recorded before
   */
  Uni<Boolean> meet(String key) {
    Counter met = met(key);
    return ledger()
        .insertOne(
            new Document("_id", met.id())
                .append("day", met.day())
                .append("kind", met.kind())
                .append("expireAt", expireAt(met)))
        .replaceWith(true)
        .onFailure(DuplicateKey::is)
        .recoverWithItem(false);
  }

  /** Counts a text that was refused. */
  Uni<Void> block(SpendReason reason) {
    return raise(new Counter(today().toString(), BLOCKED, reason.label()), 1, UNLIMITED)
        .replaceWithVoid();
  }

  /**
   * The counts of a day.
   *
   * @param segments the segments of all texts
   * @param people new people who got an answer
   * @param owners the owners with most segments
   * @param blocked refused texts by {@link SpendReason#label()}
   */
  record Day(long segments, long people, List<Used> owners, Map<String, Long> blocked) {

    /** The segments of one owner. */
    record Used(String owner, long segments) {}
  }

  /** Returns the counts of today. */
  Uni<Day> read() {
    String day = today().toString();
    return ledger()
        .find(and(eq("day", day), in("kind", List.of(ALL, PEOPLE, BLOCKED))))
        .collect()
        .asList()
        .flatMap(
            counters ->
                ledger()
                    .find(
                        and(eq("day", day), eq("kind", OWNER)),
                        new FindOptions().sort(Sorts.descending("used")).limit(OWNERS_SHOWN))
                    .map(one -> new Day.Used(one.getString("name"), number(one)))
                    .collect()
                    .asList()
                    .map(owners -> day(counters, owners)));
  }

  private static Day day(List<Document> counters, List<Day.Used> owners) {
    Map<String, Long> blocked = new TreeMap<>();
    long segments = 0;
    long people = 0;
    for (Document counter : counters) {
      switch (counter.getString("kind")) {
        case ALL -> segments = number(counter);
        case PEOPLE -> people = number(counter);
        default -> blocked.put(counter.getString("name"), number(counter));
      }
    }
    return new Day(segments, people, owners, blocked);
  }

  private static long number(Document counter) {
    return counter.get("used") instanceof Number used ? used.longValue() : 0;
  }

  private Date expireAt(Counter counter) {
    boolean ofPerson = counter.kind().equals(PERSON) || counter.kind().equals(MET);
    return Date.from(clock.instant().plus(ofPerson ? PERSON_KEPT : KEPT));
  }

  private ReactiveMongoCollection<Document> ledger() {
    return client.getDatabase(database.resolve()).getCollection(COLLECTION);
  }
}
