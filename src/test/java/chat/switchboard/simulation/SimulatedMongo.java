package chat.switchboard.simulation;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.ServerAddress;
import com.mongodb.internal.async.SingleResultCallback;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.wire.bson.BsonDecoder;
import de.bwaldvogel.mongo.wire.bson.BsonEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.bson.BsonArray;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.Decoder;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/**
 * The model of MongoDB, below the driver: the commands of the real driver run on the documents of
 * mongo-java-server, each after a delay. A command or its response can be lost, a command can come
 * late, the primary can be away, and a fail-over rolls back what no majority has.
 */
final class SimulatedMongo {

  static final String DATABASE = "LibreChat";
  private static final ServerAddress ADDRESS = new ServerAddress("mongo.simulation", 27017);
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();
  private static final Set<String> WRITES =
      Set.of("insert", "update", "delete", "findAndModify", "findandmodify");

  private static final Set<String> READS = Set.of("find", "aggregate", "count");

  /** The collections, each with the keys of its unique indexes; a key with a minus is sparse. */
  private static final List<List<String>> UNIQUE =
      List.of(
          List.of("messages", "messageId", "user", "tenantId"),
          List.of("conversations", "conversationId", "user", "tenantId"),
          List.of("switchboard_mappings", "phoneNumber", "serviceNumber", "conversationId"),
          List.of("switchboard_mappings", "-code"),
          List.of("switchboard_outbox", "-sid"));

  private final World world;
  private final Faults faults;
  private final SplittableRandom choices;
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Watcher watcher;
  private MemoryBackend primary;

  /** The primary that does not know yet that another was elected; null where there is none. */
  private MemoryBackend old;

  private Set<SimulatedReplica> behind = Set.of();
  private long awayUntil;
  private boolean failedOver;
  private int increments;
  private int commands;

  /** Null in a run without change streams. */
  private SimulatedChangeStreams changes;

  /** Null in a run without such faults. */
  private MidwayFaults midway;

  /** Sees each command that the primary has run. */
  interface Watcher {
    void ran(
        SimulatedReplica by, long sentAt, String name, BsonDocument command, BsonDocument response);
  }

  SimulatedMongo(World world, Faults faults, Watcher watcher) {
    this.world = world;
    this.faults = faults;
    this.choices = world.choices();
    this.watcher = watcher;
    this.primary = empty();
  }

  private MemoryBackend empty() {
    MemoryBackend backend =
        new MemoryBackend(
            new Clock() {
              @Override
              public Instant instant() {
                return Instant.ofEpochMilli(world.millis());
              }

              @Override
              public ZoneOffset getZone() {
                return ZoneOffset.UTC;
              }

              @Override
              public Clock withZone(java.time.ZoneId zone) {
                return this;
              }
            });
    for (List<String> index : UNIQUE) {
      BsonDocument keys = new BsonDocument();
      boolean sparse = index.get(1).startsWith("-");
      for (String key : index.subList(1, index.size())) {
        keys.append(key.replace("-", ""), new BsonInt32(1));
      }
      run(
          backend,
          new BsonDocument("createIndexes", new BsonString(index.get(0)))
              .append(
                  "indexes",
                  new BsonArray(
                      List.of(
                          new BsonDocument("key", keys)
                              .append("name", new BsonString(String.join("_", keys.keySet())))
                              .append("unique", org.bson.BsonBoolean.TRUE)
                              .append("sparse", org.bson.BsonBoolean.valueOf(sparse))))));
    }
    return backend;
  }

  int commands() {
    return commands;
  }

  /** Whether another primary was elected once: writes may have been rolled back. */
  boolean hasFailedOver() {
    return failedOver;
  }

  /** From now on the server has these change streams. */
  void put(SimulatedChangeStreams streams) {
    changes = streams;
  }

  /** From now on replicas freeze and die between a command and its response. */
  void put(MidwayFaults faultsOfReplicas) {
    midway = faultsOfReplicas;
  }

  /** Runs a command of the world outside at once, such as a write of LibreChat. */
  BsonDocument now(BsonDocument command) {
    BsonDocument response = run(primary, command);
    if (response.getNumber("ok").intValue() != 1 || response.containsKey("writeErrors")) {
      throw new IllegalStateException(command + ": " + response);
    }
    wrote(command);
    return response;
  }

  private void wrote(BsonDocument command) {
    String name = command.getFirstKey();
    if (changes != null && WRITES.contains(name)) {
      changes.wrote(command.getString(name).getValue());
    }
  }

  List<BsonDocument> find(String collection, BsonDocument filter) {
    BsonDocument response =
        now(
            new BsonDocument("find", new BsonString(collection))
                .append("filter", filter)
                .append("batchSize", new BsonInt32(100_000)));
    return response.getDocument("cursor").getArray("firstBatch").stream()
        .map(BsonValue::asDocument)
        .toList();
  }

  void insert(String collection, BsonDocument document) {
    now(
        new BsonDocument("insert", new BsonString(collection))
            .append("documents", new BsonArray(List.of(document))));
  }

  /** Sets fields of the documents that match. */
  void set(String collection, BsonDocument matching, BsonDocument values) {
    now(
        new BsonDocument("update", new BsonString(collection))
            .append(
                "updates",
                new BsonArray(
                    List.of(
                        new BsonDocument("q", matching)
                            .append("u", new BsonDocument("$set", values))))));
  }

  /** LibreChat deletes documents. */
  void delete(String collection, BsonDocument filter) {
    now(
        new BsonDocument("delete", new BsonString(collection))
            .append(
                "deletes",
                new BsonArray(
                    List.of(new BsonDocument("q", filter).append("limit", new BsonInt32(0))))));
  }

  /** The primary is away for this time: no command is accepted. */
  void outage(Duration time) {
    world.say("MongoDB has no primary for %d ms", time.toMillis());
    awayUntil = Math.max(awayUntil, world.nanoTime() + time.toNanos());
  }

  /**
   * Another primary is elected. These replicas still talk to the old one for this time; its writes
   * reach no majority and are rolled back.
   */
  void failOver(Set<SimulatedReplica> stillThere, Duration time) {
    if (old != null) {
      return;
    }
    failedOver = true;
    old = primary;
    behind = stillThere;
    primary = copy(old);
    if (changes != null) {
      changes.failOver(stillThere);
    }
    world.say(
        "MongoDB elects another primary; %s still see the old one for %d ms",
        stillThere.stream().map(SimulatedReplica::name).sorted().toList(), time.toMillis());
    world.after(
        null,
        time,
        () -> {
          old = null;
          behind = Set.of();
          if (changes != null) {
            changes.stepDown();
          }
          world.say("The old primary steps down; its last writes are rolled back");
        });
  }

  /** Returns the names of all collections. */
  List<String> collections() {
    return collections(primary);
  }

  private List<String> collections(MemoryBackend of) {
    return run(of, new BsonDocument("listCollections", new BsonInt32(1)))
        .getDocument("cursor")
        .getArray("firstBatch")
        .stream()
        .map(one -> one.asDocument().getString("name").getValue())
        .filter(name -> !name.startsWith("system."))
        .toList();
  }

  private MemoryBackend copy(MemoryBackend from) {
    MemoryBackend copy = empty();
    for (String name : collections(from)) {
      BsonArray documents =
          run(
                  from,
                  new BsonDocument("find", new BsonString(name))
                      .append("batchSize", new BsonInt32(100_000)))
              .getDocument("cursor")
              .getArray("firstBatch");
      if (!documents.isEmpty()) {
        run(copy, new BsonDocument("insert", new BsonString(name)).append("documents", documents));
      }
    }
    return copy;
  }

  /** Sends a command of a replica; the callback gets the response or the failure. */
  <T> void send(
      SimulatedReplica from,
      BsonDocument command,
      Decoder<T> decoder,
      SingleResultCallback<T> callback) {
    if (!from.isAlive()) {
      return;
    }
    Optional<Duration> late =
        midway == null ? Optional.of(Duration.ZERO) : midway.sends(from, command);
    if (late.isEmpty()) {
      return;
    }
    commands++;
    String name = command.getFirstKey();
    boolean writes = WRITES.contains(name);
    long sentAt = world.nanoTime();
    // Each command has random numbers of its own: a fault changes those of no other command.
    SplittableRandom own = choices.split();
    Duration there = faults.latency(own);
    Faults.Network fate = faults.network(own);
    String shown = world.isRecorded() ? shown(command) : "";
    if (fate == Faults.Network.COMMAND_LOST) {
      Duration silence = faults.silence(own);
      world.after(
          from,
          silence,
          () -> {
            world.say("db   %s: the command is lost", shown);
            callback.onResult(null, new MongoSocketReadException("reset", ADDRESS));
          });
      return;
    }
    if (fate == Faults.Network.COMMAND_LATE) {
      there = there.plus(faults.late(own));
    }
    there = there.plus(late.get());
    boolean responseLost = fate == Faults.Network.RESPONSE_LOST;
    Duration back = responseLost ? faults.silence(own) : faults.latency(own);
    world.after(
        null,
        there,
        () -> {
          if (world.nanoTime() < awayUntil) {
            answer(from, back, shown, null, notPrimary(), callback);
            return;
          }
          boolean isolated = old != null && behind.contains(from);
          if (changes != null && changes.takes(command)) {
            changes.run(
                from,
                command,
                isolated,
                (document, failure) -> {
                  T result =
                      failure == null ? new Response(true, bytes(document)).decoded(decoder) : null;
                  if (responseLost) {
                    MongoException lost = new MongoSocketReadException("reset", ADDRESS);
                    answer(from, back, shown + " (the response is lost)", null, lost, callback);
                  } else {
                    answer(from, back, shown + events(document), result, failure, callback);
                  }
                });
            return;
          }
          Response response = answer(isolated ? old : primary, command);
          if (!isolated && !READS.contains(name)) {
            watcher.ran(from, sentAt, name, command, response.document());
          }
          if (!isolated) {
            wrote(command);
          }
          MongoException failure = failure(response);
          if (responseLost) {
            failure = new MongoSocketReadException("reset after the write", ADDRESS);
            answer(from, back, shown + " (done; the response is lost)", null, failure, callback);
          } else if (isolated && writes && isMajority(command)) {
            // No majority acknowledges the write: the old primary steps down first.
            answer(from, faults.stepDown(), shown + " (rolled back)", null, notPrimary(), callback);
          } else if (failure != null) {
            answer(from, back, shown, null, failure, callback);
          } else {
            answer(from, back, shown, response.decoded(decoder), null, callback);
          }
        });
  }

  private <T> void answer(
      SimulatedReplica to,
      Duration back,
      String shown,
      T result,
      Throwable failure,
      SingleResultCallback<T> callback) {
    world.after(
        to,
        back,
        () -> {
          if (world.isRecorded()) {
            world.say(
                "db   %s%s",
                shown, failure == null ? "" : ": " + failure.getClass().getSimpleName());
          }
          callback.onResult(result, failure);
        });
  }

  private static boolean isMajority(BsonDocument command) {
    return command.isDocument("writeConcern")
        && new BsonString("majority").equals(command.getDocument("writeConcern").get("w"));
  }

  private static MongoException notPrimary() {
    return new MongoNotPrimaryException(
        new BsonDocument("ok", new BsonInt32(0))
            .append("code", new BsonInt32(10107))
            .append("errmsg", new BsonString("not primary")),
        ADDRESS);
  }

  private static MongoException failure(Response response) {
    return response.isOk() ? null : new MongoCommandException(response.document(), ADDRESS);
  }

  /** The response to a command, as bytes. */
  private record Response(boolean isOk, byte[] bytes) {

    BsonDocument document() {
      return decoded(CODEC);
    }

    <T> T decoded(Decoder<T> decoder) {
      return decoder.decode(
          new BsonBinaryReader(ByteBuffer.wrap(bytes)), DecoderContext.builder().build());
    }
  }

  private BsonDocument run(MemoryBackend backend, BsonDocument command) {
    return answer(backend, command).document();
  }

  private Response answer(MemoryBackend backend, BsonDocument command) {
    String name = command.getFirstKey();
    if (name.equals("insert")) {
      command.getArray("documents").forEach(one -> stamp(one.asDocument()));
    } else if (name.equals("update")) {
      command.getArray("updates").forEach(one -> date(one.asDocument()));
    }
    try {
      var response = backend.handleCommand(channel, DATABASE, name, fromBson(command));
      return new Response(((Number) response.get("ok")).intValue() == 1, bytes(response));
    } catch (MongoServerError e) {
      return new Response(
          false,
          bytes(
              new de.bwaldvogel.mongo.bson.Document("ok", 0.0)
                  .append("errmsg", e.getMessageWithoutErrorCode())
                  .append("code", e.getCode())
                  .append("codeName", e.getCodeName())));
    }
  }

  /**
   * Sets the dates of {@code $currentDate} by the server's clock: mongo-java-server takes the time
   * of the machine.
   */
  private void date(BsonDocument update) {
    if (!update.isDocument("u") || !update.getDocument("u").isDocument("$currentDate")) {
      return;
    }
    BsonDocument operators = update.getDocument("u");
    BsonDocument set = operators.getDocument("$set", new BsonDocument());
    operators
        .remove("$currentDate")
        .asDocument()
        .forEach(
            (field, type) -> {
              if (!type.isBoolean()) {
                throw new UnsupportedOperationException(update.toString());
              }
              set.append(field, new BsonDateTime(world.millis()));
            });
    operators.append("$set", set);
  }

  /** As a server does, fills in the empty timestamps of a new document. */
  private void stamp(BsonDocument document) {
    document.replaceAll(
        (key, value) ->
            value.isTimestamp() && value.asTimestamp().getValue() == 0
                ? new BsonTimestamp((int) (world.millis() / 1000), ++increments)
                : value);
  }

  private static byte[] bytes(BsonDocument document) {
    BasicOutputBuffer out = new BasicOutputBuffer();
    CODEC.encode(new BsonBinaryWriter(out), document, EncoderContext.builder().build());
    return out.toByteArray();
  }

  static de.bwaldvogel.mongo.bson.Document fromBson(BsonDocument document) {
    BasicOutputBuffer out = new BasicOutputBuffer();
    CODEC.encode(new BsonBinaryWriter(out), document, EncoderContext.builder().build());
    return BsonDecoder.decodeBson(Unpooled.wrappedBuffer(out.toByteArray()));
  }

  private static byte[] bytes(de.bwaldvogel.mongo.bson.Document document) {
    ByteBuf buffer = Unpooled.buffer();
    BsonEncoder.encodeDocument(document, buffer);
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    return bytes;
  }

  /** Returns how many events a response has. */
  private static String events(BsonDocument response) {
    if (response == null || !response.isDocument("cursor")) {
      return "";
    }
    BsonDocument cursor = response.getDocument("cursor");
    int count = cursor.getArray("nextBatch", cursor.getArray("firstBatch", new BsonArray())).size();
    return " (" + count + " events)";
  }

  /** Returns what a reader of the history needs of a command. */
  private static String shown(BsonDocument command) {
    String name = command.getFirstKey();
    if (name.equals("getMore")) {
      return "getMore " + command.getString("collection").getValue();
    }
    String collection = command.get(name).isString() ? command.getString(name).getValue() : "";
    List<String> parts = new ArrayList<>();
    for (String key : List.of("filter", "query", "update", "pipeline", "remove")) {
      if (command.containsKey(key)) {
        parts.add(cut(command.get(key), 160));
      }
    }
    for (String key : List.of("documents", "updates", "deletes")) {
      if (command.isArray(key)) {
        command.getArray(key).forEach(one -> parts.add(item(one.asDocument())));
      }
    }
    return String.format(Locale.ROOT, "%s %s %s", name, collection, String.join(" ", parts));
  }

  private static String item(BsonDocument document) {
    BsonDocument few = new BsonDocument();
    for (String key :
        List.of(
            "_id",
            "token",
            "text",
            "messageId",
            "parentMessageId",
            "createdAt",
            "lane",
            "q",
            "u")) {
      if (document.containsKey(key)) {
        few.append(key, document.get(key));
      }
    }
    return cut(few, 300);
  }

  private static String cut(BsonValue value, int longest) {
    String text = value.toString();
    return text.length() <= longest ? text : text.substring(0, longest) + "…";
  }
}
