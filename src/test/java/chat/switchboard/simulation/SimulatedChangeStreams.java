package chat.switchboard.simulation;

import com.mongodb.MongoCommandException;
import com.mongodb.ServerAddress;
import de.bwaldvogel.mongo.backend.DefaultQueryMatcher;
import de.bwaldvogel.mongo.backend.QueryMatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;

/**
 * The change streams of the model of MongoDB. Each write that a majority will have is an event; the
 * event is delivered when a majority has the write, in the order of the writes. A cursor can be
 * lost, and the history from which a cursor resumes.
 *
 * <p>A resume token is the place of the next event. As in MongoDB, a change stream without a
 * position begins with the writes after its beginning, also if no majority has an earlier write
 * yet.
 */
final class SimulatedChangeStreams {

  private static final ServerAddress ADDRESS = new ServerAddress("mongo.simulation", 27017);
  private static final String RESUMABLE = "ResumableChangeStreamError";
  private static final String NOT_RESUMABLE = "NonResumableChangeStreamError";
  private static final Set<String> WATCHED = Set.of("messages", "switchboard_feed");

  /**
   * An event.
   *
   * @param visibleAt when a majority has the write
   */
  private record Change(String collection, BsonDocument event, long visibleAt) {}

  /** A cursor of a change stream. */
  private static final class Cursor {
    final long id;
    final String collection;
    final BsonArray stages;
    final SimulatedReplica of;
    int next;
    Waiting waiting;

    /** Whether the cursor is at a primary that no majority follows: nothing comes. */
    boolean isolated;

    Cursor(long id, String collection, BsonArray stages, SimulatedReplica of, int next) {
      this.id = id;
      this.collection = collection;
      this.stages = stages;
      this.of = of;
      this.next = next;
    }
  }

  /** A {@code getMore} that waits for an event. */
  private record Waiting(Reply reply, Runnable timer) {}

  /** Takes the response to a command. */
  interface Reply {
    /**
     * @param failure null for a response
     */
    void send(BsonDocument response, MongoCommandException failure);
  }

  /** Sees each event when it is written. */
  interface Watcher {
    void changed(String collection, BsonDocument event);
  }

  private final World world;
  private final SimulatedMongo mongo;
  private final SplittableRandom choices;
  private final boolean supported;
  private final QueryMatcher matcher = new DefaultQueryMatcher();
  private final List<Change> log = new ArrayList<>();
  private final Map<Long, Cursor> cursors = new LinkedHashMap<>();
  private final Map<String, Map<BsonValue, BsonDocument>> known = new HashMap<>();
  private final Watcher watcher;
  private long lastVisible;
  private long slowUntil;
  private long ids = 1_000;
  private int oldest;
  private int increments;

  /**
   * @param supported false for a standalone server
   */
  SimulatedChangeStreams(World world, SimulatedMongo mongo, boolean supported, Watcher watcher) {
    this.world = world;
    this.mongo = mongo;
    this.choices = world.choices();
    this.supported = supported;
    this.watcher = watcher;
  }

  /** Whether the command is one of a change stream. */
  boolean takes(BsonDocument command) {
    return switch (command.getFirstKey()) {
      case "aggregate" ->
          !command.getArray("pipeline").isEmpty()
              && command.getArray("pipeline").get(0).asDocument().containsKey("$changeStream");
      case "getMore", "killCursors" -> true;
      default -> false;
    };
  }

  /**
   * Runs a command of a change stream.
   *
   * @param isolated whether the replica talks to a primary that no majority follows
   */
  void run(SimulatedReplica from, BsonDocument command, boolean isolated, Reply reply) {
    switch (command.getFirstKey()) {
      case "aggregate" -> open(from, command, isolated, reply);
      case "getMore" -> more(command, reply);
      default -> kill(command, reply);
    }
  }

  private void open(SimulatedReplica from, BsonDocument command, boolean isolated, Reply reply) {
    if (!supported) {
      reply.send(null, failure(40573, "The $changeStream stage is only supported on replica sets"));
      return;
    }
    BsonArray pipeline = command.getArray("pipeline");
    BsonDocument options = pipeline.get(0).asDocument().getDocument("$changeStream");
    int begin = log.size();
    if (options.containsKey("resumeAfter") || options.containsKey("startAfter")) {
      String data =
          options
              .getDocument(options.containsKey("resumeAfter") ? "resumeAfter" : "startAfter")
              .getString("_data")
              .getValue();
      begin = Integer.parseInt(data.substring(2), 16);
      if (begin < oldest) {
        reply.send(
            null,
            failure(
                286,
                "Resume of change stream was not possible, as the resume point may no longer be in"
                    + " the oplog",
                NOT_RESUMABLE));
        return;
      }
    } else if (options.containsKey("startAtOperationTime")) {
      BsonTimestamp time = options.getTimestamp("startAtOperationTime");
      begin = oldest;
      while (begin < log.size()
          && log.get(begin).event().getTimestamp("clusterTime").compareTo(time) < 0) {
        begin++;
      }
    }
    Cursor cursor =
        new Cursor(
            ++ids,
            command.getString("aggregate").getValue(),
            new BsonArray(pipeline.subList(1, pipeline.size())),
            from,
            begin);
    cursor.isolated = isolated;
    cursors.put(cursor.id, cursor);
    reply.send(batch(cursor, "firstBatch", isolated ? List.of() : take(cursor)), null);
  }

  private void more(BsonDocument command, Reply reply) {
    Cursor cursor = cursors.get(command.getInt64("getMore").getValue());
    if (cursor == null) {
      reply.send(null, failure(43, "cursor id not found", RESUMABLE));
      return;
    }
    if (cursor.next < oldest) {
      cursors.remove(cursor.id);
      reply.send(
          null, failure(136, "CappedPositionLost: the oplog was overwritten", NOT_RESUMABLE));
      return;
    }
    if (cursor.isolated || !answer(cursor, reply)) {
      Duration silence =
          Duration.ofMillis(
              command.containsKey("maxTimeMS")
                  ? command.getNumber("maxTimeMS").longValue()
                  : 1_000);
      Runnable timer =
          world.after(
              null,
              silence,
              () -> {
                cursor.waiting = null;
                reply.send(batch(cursor, "nextBatch", List.of()), null);
              });
      cursor.waiting = new Waiting(reply, timer);
    }
  }

  private boolean answer(Cursor cursor, Reply reply) {
    List<BsonDocument> events = take(cursor);
    if (events.isEmpty()) {
      return false;
    }
    reply.send(batch(cursor, "nextBatch", events), null);
    return true;
  }

  private void kill(BsonDocument command, Reply reply) {
    BsonArray killed = command.getArray("cursors");
    for (BsonValue id : killed) {
      cursors.remove(id.asInt64().getValue());
    }
    reply.send(
        new BsonDocument("cursorsKilled", killed)
            .append("cursorsNotFound", new BsonArray())
            .append("cursorsAlive", new BsonArray())
            .append("cursorsUnknown", new BsonArray())
            .append("ok", new BsonInt32(1)),
        null);
  }

  private List<BsonDocument> take(Cursor cursor) {
    List<BsonDocument> events = new ArrayList<>();
    while (cursor.next < log.size() && log.get(cursor.next).visibleAt() <= world.nanoTime()) {
      Change change = log.get(cursor.next++);
      if (change.collection().equals(cursor.collection)) {
        BsonDocument event = through(cursor.stages, change.event());
        if (event != null) {
          events.add(event);
        }
      }
    }
    return events;
  }

  private BsonDocument batch(Cursor cursor, String name, List<BsonDocument> events) {
    return new BsonDocument(
            "cursor",
            new BsonDocument(name, new BsonArray(events))
                .append("postBatchResumeToken", token(cursor.next))
                .append("id", new BsonInt64(cursor.id))
                .append("ns", new BsonString(SimulatedMongo.DATABASE + "." + cursor.collection)))
        .append("ok", new BsonInt32(1))
        .append("operationTime", time());
  }

  private static BsonDocument token(int next) {
    return new BsonDocument("_data", new BsonString(String.format(Locale.ROOT, "82%08x", next)));
  }

  private BsonTimestamp time() {
    return new BsonTimestamp((int) (world.millis() / 1000), increments);
  }

  private static MongoCommandException failure(int code, String message, String... labels) {
    BsonDocument document =
        new BsonDocument("ok", new BsonInt32(0))
            .append("code", new BsonInt32(code))
            .append("errmsg", new BsonString(message));
    if (labels.length > 0) {
      BsonArray all = new BsonArray();
      for (String label : labels) {
        all.add(new BsonString(label));
      }
      document.append("errorLabels", all);
    }
    return new MongoCommandException(document, ADDRESS);
  }

  /** Finds the changes of a write that has been done. */
  void wrote(String collection) {
    if (!WATCHED.contains(collection)) {
      return;
    }
    Map<BsonValue, BsonDocument> before = known.computeIfAbsent(collection, c -> new HashMap<>());
    Map<BsonValue, BsonDocument> after = new LinkedHashMap<>();
    mongo.find(collection, new BsonDocument()).forEach(one -> after.put(one.get("_id"), one));
    after.forEach(
        (id, document) -> {
          BsonDocument old = before.get(id);
          if (old == null) {
            add(collection, "insert", id, event -> event.append("fullDocument", document));
          } else if (!old.equals(document)) {
            add(
                collection,
                "update",
                id,
                event -> event.append("updateDescription", difference(old, document)));
          }
        });
    before.keySet().stream()
        .filter(id -> !after.containsKey(id))
        .toList()
        .forEach(id -> add(collection, "delete", id, event -> {}));
    known.put(collection, after);
  }

  private void add(String collection, String operation, BsonValue id, Consumer<BsonDocument> fill) {
    increments++;
    BsonDocument event =
        new BsonDocument("_id", token(log.size() + 1))
            .append("operationType", new BsonString(operation))
            .append("clusterTime", time())
            .append("wallTime", new BsonDateTime(world.millis()));
    fill.accept(event);
    event
        .append(
            "ns",
            new BsonDocument("db", new BsonString(SimulatedMongo.DATABASE))
                .append("coll", new BsonString(collection)))
        .append("documentKey", new BsonDocument("_id", id));
    long now = world.nanoTime();
    long delay = Duration.ofMillis(1 + choices.nextLong(10)).toNanos();
    if (now < slowUntil) {
      delay += slowUntil - now;
    }
    lastVisible = Math.max(lastVisible, now + delay);
    log.add(new Change(collection, event, lastVisible));
    if (supported) {
      world.after(null, Duration.ofNanos(lastVisible - now), this::wake);
    }
    watcher.changed(collection, event);
  }

  private static BsonDocument difference(BsonDocument old, BsonDocument document) {
    BsonDocument updated = new BsonDocument();
    document.forEach(
        (field, value) -> {
          if (!value.equals(old.get(field))) {
            updated.append(field, value);
          }
        });
    BsonArray removed = new BsonArray();
    old.keySet().stream()
        .filter(field -> !document.containsKey(field))
        .forEach(field -> removed.add(new BsonString(field)));
    return new BsonDocument("updatedFields", updated)
        .append("removedFields", removed)
        .append("truncatedArrays", new BsonArray());
  }

  private void wake() {
    for (Cursor cursor : List.copyOf(cursors.values())) {
      Waiting waiting = cursor.waiting;
      if (waiting != null && !cursor.isolated && answer(cursor, waiting.reply())) {
        waiting.timer().run();
        cursor.waiting = null;
      }
    }
  }

  /** Sends the event through the stages of the pipeline; null if a stage leaves the event out. */
  private BsonDocument through(BsonArray stages, BsonDocument event) {
    BsonDocument result = event;
    for (BsonValue value : stages) {
      BsonDocument stage = value.asDocument();
      switch (stage.getFirstKey()) {
        case "$match" -> {
          boolean matches =
              matcher.matches(
                  SimulatedMongo.fromBson(result),
                  SimulatedMongo.fromBson(stage.getDocument("$match")));
          if (!matches) {
            return null;
          }
        }
        case "$project" -> result = project(result, stage.getDocument("$project").keySet());
        default -> throw new UnsupportedOperationException(stage.toString());
      }
    }
    return result;
  }

  /** An inclusion; the id stays. */
  private static BsonDocument project(BsonDocument document, Set<String> paths) {
    BsonDocument projected = new BsonDocument();
    document.forEach(
        (field, value) -> {
          String prefix = field + ".";
          List<String> below =
              paths.stream()
                  .filter(path -> path.startsWith(prefix))
                  .map(path -> path.substring(prefix.length()))
                  .toList();
          if (field.equals("_id") || paths.contains(field)) {
            projected.append(field, value);
          } else if (!below.isEmpty() && value.isDocument()) {
            projected.append(field, nested(value.asDocument(), Set.copyOf(below)));
          }
        });
    return projected;
  }

  private static BsonDocument nested(BsonDocument document, Set<String> paths) {
    BsonDocument projected = project(document, paths);
    if (!paths.contains("_id")) {
      projected.remove("_id");
    }
    return projected;
  }

  /** Ends the cursors of some replicas with an error from which the driver resumes. */
  void loseCursors(Predicate<SimulatedReplica> of) {
    for (Cursor cursor : List.copyOf(cursors.values())) {
      if (of.test(cursor.of)) {
        lose(cursor);
      }
    }
  }

  private void lose(Cursor cursor) {
    cursors.remove(cursor.id);
    if (cursor.waiting != null) {
      cursor.waiting.timer().run();
      cursor
          .waiting
          .reply()
          .send(
              null,
              failure(11602, "operation was interrupted because of a state change", RESUMABLE));
    }
  }

  /** From now on no change stream resumes at a place before this moment. */
  void loseHistory() {
    world.say("MongoDB forgets the history of the changes");
    oldest = log.size();
  }

  /** No majority gets a write for this time. */
  void delay(Duration time) {
    world.say("The changes come late for %d ms", time.toMillis());
    slowUntil = Math.max(slowUntil, world.nanoTime() + time.toNanos());
  }

  /** Another primary is elected; the cursors of these replicas stay at the old one. */
  void failOver(Set<SimulatedReplica> behind) {
    for (Cursor cursor : List.copyOf(cursors.values())) {
      if (behind.contains(cursor.of)) {
        cursor.isolated = true;
      } else {
        lose(cursor);
      }
    }
  }

  /** The old primary steps down. */
  void stepDown() {
    for (Cursor cursor : List.copyOf(cursors.values())) {
      if (cursor.isolated) {
        lose(cursor);
      }
    }
  }
}
