package chat.switchboard.simulation;

import chat.switchboard.librechat.SimulatedStatus;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.types.ObjectId;

/**
 * The model of LibreChat: an owner who asks, answers that take time, the status of a generation,
 * and the thread as the page shows it.
 */
final class SimulatedLibreChat implements SimulatedStatus.Run {

  static final String OWNER = "65f000000000000000000001";
  static final String NO_PARENT = "00000000-0000-0000-0000-000000000000";

  /**
   * A turn of the owner.
   *
   * @param begun the monotonic time of the start of the generation
   */
  record Turn(String conversationId, long begun) {}

  /** What the owner has written during a generation. */
  private record Steer(Duration pause, Duration generation) {}

  private final World world;
  private final Faults faults;
  private final SimulatedMongo mongo;
  private final SplittableRandom choices;
  private final Map<String, Turn> running = new HashMap<>();
  private final Map<String, Steer> steers = new HashMap<>();

  /** What stops the answers that are being generated, by their conversations. */
  private final Map<String, Runnable> stops = new HashMap<>();

  private final Set<String> ownersTurns = new HashSet<>();
  private final List<Turn> turns = new ArrayList<>();
  private final Set<Turn> regenerations = new HashSet<>();
  private long silentUntil;
  private boolean refuses;
  private long lastSilence = Long.MIN_VALUE / 2;
  private int ids;

  /** The milliseconds by which LibreChat's clock is ahead of MongoDB's clock. */
  private long ahead;

  SimulatedLibreChat(World world, Faults faults, SimulatedMongo mongo) {
    this.world = world;
    this.faults = faults;
    this.mongo = mongo;
    this.choices = world.choices();
    mongo.insert(
        "users",
        new BsonDocument("_id", new BsonObjectId(new ObjectId(OWNER)))
            .append("email", new BsonString("owner@example.com")));
  }

  /** From now on LibreChat's clock is this many milliseconds ahead of MongoDB's clock. */
  void setAhead(long millis) {
    world.say("LibreChat's clock is %d ms ahead of MongoDB's clock", millis);
    ahead = millis;
  }

  /** The time of LibreChat's machine, by which LibreChat dates its messages. */
  private long millis() {
    return world.millis() + ahead;
  }

  /** Returns the turn whose answer is being generated; null where there is none. */
  Turn running(String conversationId) {
    return running.get(conversationId);
  }

  /** Whether no answer is being generated. */
  boolean isAtRest() {
    return running.isEmpty();
  }

  /** Whether LibreChat has stored nothing of this turn yet. */
  boolean isUnseen(Turn turn) {
    return regenerations.contains(turn);
  }

  List<Turn> turns() {
    return turns;
  }

  /** Whether LibreChat answered all status requests in this time until now. */
  boolean answeredFor(Duration time) {
    return world.nanoTime() - lastSilence > time.toNanos();
  }

  BsonObjectId id() {
    return new BsonObjectId(new ObjectId(String.format("70%022x", ++ids)));
  }

  /** Creates a conversation of the owner with some turns. */
  void conversation(String conversationId, int messages) {
    BsonDateTime longAgo = new BsonDateTime(world.millis() - 3_600_000);
    mongo.insert("conversations", conversation(id(), conversationId, OWNER, longAgo));
    String parent = NO_PARENT;
    for (int i = 0; i < messages; i++) {
      String messageId = world.randomUuid().toString();
      insert(conversationId, messageId, parent, i % 2 == 0, longAgo.getValue() + i * 60_000L);
      parent = messageId;
    }
  }

  /** A conversation as LibreChat stores it. */
  static BsonDocument conversation(
      BsonObjectId id, String conversationId, String user, BsonDateTime created) {
    return new BsonDocument("_id", id)
        .append("conversationId", new BsonString(conversationId))
        .append("user", new BsonString(user))
        .append("title", new BsonString("A conversation"))
        .append("endpoint", new BsonString("openAI"))
        .append("model", new BsonString("gpt"))
        .append("isArchived", BsonBoolean.FALSE)
        .append("expiredAt", BsonNull.VALUE)
        .append("createdAt", created)
        .append("updatedAt", created);
  }

  void insert(String conversationId, String messageId, String parent, boolean byUser, long at) {
    mongo.insert(
        "messages",
        new BsonDocument("_id", id())
            .append("messageId", new BsonString(messageId))
            .append("conversationId", new BsonString(conversationId))
            .append("user", new BsonString(OWNER))
            .append("parentMessageId", new BsonString(parent))
            .append("isCreatedByUser", BsonBoolean.valueOf(byUser))
            .append("text", new BsonString(byUser ? "a question" : "an answer"))
            .append("createdAt", new BsonDateTime(at))
            .append("updatedAt", new BsonDateTime(at))
            .append("__v", new BsonInt32(0)));
  }

  /**
   * The owner asks, unless the page shows an answer of the owner's that LibreChat is generating;
   * LibreChat generates the answer for this time. An answer that a program has asked for is
   * aborted: the page does not show such an answer.
   */
  void ask(String conversationId, Duration generation) {
    if (ownersTurns.contains(conversationId)) {
      return;
    }
    List<BsonDocument> shown = shown(conversationId);
    String leaf =
        shown.isEmpty() ? NO_PARENT : shown.get(shown.size() - 1).getString("messageId").getValue();
    Turn turn = begin(conversationId, () -> {});
    ownersTurns.add(conversationId);
    turns.add(turn);
    world.say("LibreChat: the owner asks in %s below %s", conversationId, leaf);
    generate(turn, leaf, generation);
  }

  /** LibreChat stores a question of the owner below this message, and generates the answer. */
  private void generate(Turn turn, String parent, Duration generation) {
    if (!isRunning(turn)) {
      return;
    }
    String conversationId = turn.conversationId();
    String question = world.randomUuid().toString();
    world.after(
        null,
        Duration.ofMillis(5 + choices.nextLong(60)),
        () -> {
          if (running(conversationId) == turn) {
            insert(conversationId, question, parent, true, millis());
            keepsPart(conversationId, question);
          }
        });
    generateAnswer(turn, question, generation);
  }

  /** If the answer to this question is aborted, LibreChat stores a part. */
  private void keepsPart(String conversationId, String question) {
    stops.put(
        conversationId,
        () -> partial(conversationId, question, "the owner's answer, as far as it went"));
  }

  /** LibreChat generates an answer to this question, and stores the answer in the end. */
  private void generateAnswer(Turn turn, String question, Duration generation) {
    String conversationId = turn.conversationId();
    world.after(
        null,
        generation.plusMillis(100),
        () -> {
          if (!isRunning(turn)) {
            return;
          }
          String answer = world.randomUuid().toString();
          insert(conversationId, answer, question, false, millis());
          world.say("LibreChat: the answer in %s is stored", conversationId);
          world.after(
              null, Duration.ofMillis(1 + choices.nextLong(40)), () -> stored(turn, answer));
        });
  }

  /** The answer is stored: the words that the owner wrote meanwhile are the next question. */
  private void stored(Turn turn, String answer) {
    Steer steer = steers.remove(turn.conversationId());
    if (!isRunning(turn)) {
      return;
    }
    if (steer == null) {
      end(turn);
    } else {
      stops.put(turn.conversationId(), () -> {});
      world.after(null, steer.pause(), () -> generate(turn, answer, steer.generation()));
    }
  }

  /**
   * The owner writes while LibreChat generates an answer. The words wait in LibreChat, which counts
   * as generating until the page sends them below the answer.
   */
  void steer(String conversationId, Duration pause, Duration generation) {
    if (running.containsKey(conversationId)) {
      steers.put(conversationId, new Steer(pause, generation));
    }
  }

  /** The owner asks again instead of an earlier question: a sibling of that question. */
  void resubmit(String conversationId, String parent, Duration generation) {
    Turn turn = begin(conversationId, () -> {});
    ownersTurns.add(conversationId);
    turns.add(turn);
    generate(turn, parent, generation);
  }

  /**
   * The owner has LibreChat answer a question again (<i>Regenerate</i>): LibreChat stores no
   * question, and until the end no message at all.
   */
  void regenerate(String conversationId, String question, Duration generation) {
    Turn turn = begin(conversationId, () -> {});
    ownersTurns.add(conversationId);
    turns.add(turn);
    regenerations.add(turn);
    keepsPart(conversationId, question);
    generateAnswer(turn, question, generation);
  }

  /** The owner stops the answer: nothing of it is stored. */
  void stop(String conversationId) {
    running.remove(conversationId);
    ownersTurns.remove(conversationId);
    stops.remove(conversationId);
    steers.remove(conversationId);
  }

  /**
   * Begins to generate an answer. An answer that LibreChat is generating in this conversation is
   * aborted.
   *
   * @param stopped is run if this answer is aborted
   */
  Turn begin(String conversationId, Runnable stopped) {
    abort(conversationId);
    Turn turn = new Turn(conversationId, world.nanoTime());
    running.put(conversationId, turn);
    stops.put(conversationId, stopped);
    return turn;
  }

  private void abort(String conversationId) {
    if (running.remove(conversationId) != null) {
      ownersTurns.remove(conversationId);
      stops.remove(conversationId).run();
    }
  }

  /** Ends a turn; a turn that another one has replaced is over. */
  void end(Turn turn) {
    if (isRunning(turn)) {
      running.remove(turn.conversationId());
      ownersTurns.remove(turn.conversationId());
      stops.remove(turn.conversationId());
    }
  }

  /** Whether LibreChat generates the answer of this turn, or stores this answer. */
  boolean isRunning(Turn turn) {
    return running.get(turn.conversationId()) == turn;
  }

  /** LibreChat restarts: all answers that are being generated end where they are. */
  void restart(Duration time) {
    running.clear();
    steers.clear();
    ownersTurns.clear();
    stops.clear();
    silence(time);
  }

  /** Whether LibreChat responds to no request. */
  boolean isSilent() {
    return world.nanoTime() < silentUntil;
  }

  /** Completes an answer that is partly stored. */
  void complete(String messageId, String text) {
    mongo.set(
        "messages",
        new BsonDocument("messageId", new BsonString(messageId)),
        new BsonDocument("unfinished", BsonBoolean.FALSE)
            .append("text", new BsonString(text))
            .append("updatedAt", new BsonDateTime(millis())));
  }

  /** Stores a whole answer below this message, whatever has happened in the conversation since. */
  void answer(String conversationId, String questionId, String text) {
    store(conversationId, questionId, text, false, false);
  }

  /** Stores an answer that ended in an error. */
  void error(String conversationId, String questionId, String text) {
    store(conversationId, questionId, text, true, false);
  }

  /**
   * Stores what LibreChat has generated of an answer.
   *
   * @return the id of the answer
   */
  String partial(String conversationId, String questionId, String text) {
    return store(conversationId, questionId, text, false, true);
  }

  private String store(
      String conversationId, String questionId, String text, boolean failed, boolean unfinished) {
    String messageId = world.randomUuid().toString();
    mongo.insert(
        "messages",
        new BsonDocument("_id", id())
            .append("messageId", new BsonString(messageId))
            .append("conversationId", new BsonString(conversationId))
            .append("user", new BsonString(OWNER))
            .append("parentMessageId", new BsonString(questionId))
            .append("isCreatedByUser", BsonBoolean.FALSE)
            .append("text", new BsonString(text))
            .append("error", BsonBoolean.valueOf(failed))
            .append("unfinished", BsonBoolean.valueOf(unfinished))
            .append("createdAt", new BsonDateTime(millis()))
            .append("updatedAt", new BsonDateTime(millis()))
            .append("__v", new BsonInt32(0)));
    return messageId;
  }

  /** LibreChat gives no status for this time. */
  void silence(Duration time) {
    // Without a number of its own, so that the other numbers of a seed stay the same.
    refuses = time.toMillis() % 2 == 0;
    world.say(
        "LibreChat %s for %d ms",
        refuses ? "responds with 503" : "does not respond", time.toMillis());
    silentUntil = world.nanoTime() + time.toNanos();
  }

  private Duration silence() {
    return refuses ? Duration.ofMillis(1) : Duration.ofSeconds(2);
  }

  @Override
  public Uni<Boolean> generating(String conversationId) {
    SimulatedReplica asking = world.current();
    return Uni.createFrom()
        .emitter(
            answer ->
                world.after(
                    null,
                    faults.latency(choices),
                    () -> {
                      boolean silent = isSilent();
                      boolean is = running.containsKey(conversationId);
                      if (silent) {
                        lastSilence = world.nanoTime();
                      }
                      world.after(
                          asking,
                          silent ? silence() : faults.latency(choices),
                          () -> {
                            world.say(
                                "http LibreChat generates in %s: %s",
                                conversationId, silent ? "no response" : is);
                            if (silent) {
                              answer.fail(new IllegalStateException("no response"));
                            } else {
                              answer.complete(is);
                            }
                          });
                    }));
  }

  List<BsonDocument> thread(String conversationId) {
    List<BsonDocument> messages =
        new ArrayList<>(
            mongo.find(
                "messages", new BsonDocument("conversationId", new BsonString(conversationId))));
    messages.sort(Comparator.comparingLong(one -> one.getDateTime("createdAt").getValue()));
    return messages;
  }

  /**
   * Returns the branch that the page shows: from the last message without an earlier parent on,
   * always the last child.
   */
  List<BsonDocument> shown(String conversationId) {
    List<BsonDocument> thread = thread(conversationId);
    Set<String> before = new HashSet<>();
    Map<String, BsonDocument> lastChild = new HashMap<>();
    BsonDocument next = null;
    for (BsonDocument message : thread) {
      String parent = message.getString("parentMessageId").getValue();
      if (before.contains(parent)) {
        lastChild.put(parent, message);
      } else {
        next = message;
      }
      before.add(message.getString("messageId").getValue());
    }
    List<BsonDocument> shown = new ArrayList<>();
    while (next != null) {
      shown.add(next);
      next = lastChild.get(next.getString("messageId").getValue());
    }
    return shown;
  }
}
