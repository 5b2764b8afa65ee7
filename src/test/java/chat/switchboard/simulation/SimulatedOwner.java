package chat.switchboard.simulation;

import chat.switchboard.simulation.Happenings.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;

/**
 * What the owner does in LibreChat besides questions: edits a message, asks again instead of an
 * earlier question, writes during an answer, forks and deletes. One seed of {@value #EVERY} has
 * such acts. In one seed of {@value #EVERY_SECOND_WRITER} the owner has answers generated again,
 * and asks on another page, which may be an old one. The judge asks here what each act permits.
 */
final class SimulatedOwner {

  private static final int EVERY = 3;
  private static final int EVERY_SECOND_WRITER = 4;
  private static final int MOST_ACTS = 6;

  /** Acts come in this time, as the faults do. */
  private static final int TIME_OF_ACTS = 35_000;

  private static final List<Kind> ACTS =
      List.of(
          Kind.OWNER_EDITS,
          Kind.OWNER_ASKS_AGAIN,
          Kind.OWNER_STEERS,
          Kind.OWNER_FORKS,
          Kind.OWNER_DELETES_A_MESSAGE,
          Kind.OWNER_DELETES_A_CONVERSATION);

  private static final List<Kind> ACTS_OF_ANOTHER_PAGE =
      List.of(Kind.OWNER_REGENERATES, Kind.OWNER_ASKS_ON_ANOTHER_PAGE);

  /** What the owner does about when a replica freezes or dies. */
  private static final List<Kind> ACTS_MEANWHILE =
      List.of(
          Kind.QUESTION_OF_THE_OWNER,
          Kind.QUESTION_OF_THE_OWNER,
          Kind.OWNER_ASKS_ON_ANOTHER_PAGE,
          Kind.OWNER_DELETES_A_CONVERSATION);

  private static final int FIRST_MEANWHILE = 1_000;

  private final World world;
  private final SimulatedMongo mongo;
  private final SimulatedLibreChat libreChat;
  private final long seed;

  /** Numbers of the owner alone: the acts change no other number of the seed. */
  private final SplittableRandom choices;

  private final Set<String> copies = new HashSet<>();
  private final Set<String> hidden = new HashSet<>();
  private final Set<String> deletedTexts = new HashSet<>();
  private final Map<String, Long> deletedConversations = new HashMap<>();
  private int deletedMessages;
  private int actsMeanwhile;

  SimulatedOwner(World world, SimulatedMongo mongo, SimulatedLibreChat libreChat, long seed) {
    this.world = world;
    this.mongo = mongo;
    this.libreChat = libreChat;
    this.seed = seed;
    this.choices = new SplittableRandom(~seed);
  }

  /** Plans the acts of this seed. */
  void begin() {
    if (seed % EVERY == 1) {
      plan(ACTS, choices);
    }
    if (seed % EVERY_SECOND_WRITER == 2) {
      plan(ACTS_OF_ANOTHER_PAGE, new SplittableRandom(~seed ^ EVERY_SECOND_WRITER));
    }
  }

  /** Acts once in this time, in half of the cases. */
  void actsMeanwhile(Duration time, SplittableRandom own) {
    Kind act = ACTS_MEANWHILE.get(own.nextInt(ACTS_MEANWHILE.size()));
    boolean acts = own.nextBoolean();
    SplittableRandom its = own.split();
    Duration delay = MidwayFaults.within(time, own);
    if (world.happenings().happens(act, FIRST_MEANWHILE + ++actsMeanwhile, acts)) {
      world.after(null, delay, () -> act(act, its));
    }
  }

  private void plan(List<Kind> acts, SplittableRandom own) {
    int many = 1 + own.nextInt(MOST_ACTS);
    for (int i = 1; i <= many; i++) {
      Kind act = acts.get(own.nextInt(acts.size()));
      SplittableRandom its = own.split();
      Duration delay = Duration.ofMillis(own.nextLong(TIME_OF_ACTS));
      if (world.happenings().happens(act, i, true)) {
        world.after(null, delay, () -> act(act, its));
      }
    }
  }

  private void act(Kind act, SplittableRandom its) {
    List<String> open =
        mongo.find("conversations", new BsonDocument()).stream()
            .map(one -> one.getString("conversationId").getValue())
            .filter(one -> !copies.contains(one))
            .toList();
    if (open.isEmpty()) {
      return;
    }
    String conversationId = open.get(its.nextInt(open.size()));
    switch (act) {
      case OWNER_EDITS -> edit(conversationId, its);
      case OWNER_ASKS_AGAIN -> askAgain(conversationId, its);
      case OWNER_STEERS -> steer(conversationId, its);
      case OWNER_FORKS -> fork(conversationId);
      case OWNER_DELETES_A_MESSAGE -> deleteMessage(conversationId, its);
      case OWNER_REGENERATES -> regenerate(conversationId, its);
      case QUESTION_OF_THE_OWNER ->
          libreChat.ask(conversationId, Duration.ofMillis(500 + its.nextLong(15_000)));
      case OWNER_ASKS_ON_ANOTHER_PAGE -> askOnAnotherPage(conversationId, its);
      default -> deleteConversation(conversationId, its);
    }
  }

  /** Only the content changes: LibreChat leaves the text of a message of ours as it was. */
  private void edit(String conversationId, SplittableRandom its) {
    List<BsonDocument> shown = libreChat.shown(conversationId);
    if (shown.isEmpty()) {
      return;
    }
    BsonDocument message = shown.get(its.nextInt(shown.size()));
    world.say("LibreChat: the owner edits %s", message.get("messageId"));
    BsonDocument part =
        new BsonDocument("type", new BsonString("text")).append("text", new BsonString("edited"));
    mongo.set(
        "messages",
        only("messageId", message),
        new BsonDocument("content", new BsonArray(List.of(part)))
            .append("updatedAt", new BsonDateTime(world.millis())));
  }

  private static BsonDocument only(String field, BsonDocument of) {
    return new BsonDocument(field, of.get(field));
  }

  /** The page shows the new question from now on, and hides what is below the earlier one. */
  private void askAgain(String conversationId, SplittableRandom its) {
    List<BsonDocument> shown = libreChat.shown(conversationId);
    List<BsonDocument> questions =
        shown.stream().filter(one -> one.getBoolean("isCreatedByUser").getValue()).toList();
    if (questions.isEmpty() || libreChat.running(conversationId) != null) {
      return;
    }
    BsonDocument question = questions.get(its.nextInt(questions.size()));
    hide(shown.subList(shown.indexOf(question), shown.size()));
    world.say("LibreChat: the owner asks again instead of %s", question.get("messageId"));
    libreChat.resubmit(
        conversationId,
        question.getString("parentMessageId").getValue(),
        Duration.ofMillis(500 + its.nextLong(15_000)));
  }

  /**
   * The page shows the new answer when the answer is stored, and hides the earlier answer and what
   * is below. LibreChat's button does nothing on messages of the service and on answers to them.
   */
  private void regenerate(String conversationId, SplittableRandom its) {
    List<BsonDocument> shown = libreChat.shown(conversationId);
    Set<String> questions = new HashSet<>();
    shown.stream()
        .filter(one -> one.getBoolean("isCreatedByUser").getValue())
        .forEach(one -> questions.add(one.getString("messageId").getValue()));
    List<BsonDocument> answers =
        shown.stream()
            .filter(one -> questions.contains(one.getString("parentMessageId").getValue()))
            .filter(one -> !one.getBoolean("isCreatedByUser").getValue())
            .filter(one -> !one.containsKey("metadata"))
            .toList();
    if (answers.isEmpty() || libreChat.running(conversationId) != null) {
      return;
    }
    BsonDocument answer = answers.get(its.nextInt(answers.size()));
    world.say("LibreChat: the owner regenerates %s", answer.get("messageId"));
    hide(shown.subList(shown.indexOf(answer), shown.size()));
    libreChat.regenerate(
        conversationId,
        answer.getString("parentMessageId").getValue(),
        Duration.ofMillis(500 + its.nextLong(15_000)));
  }

  /**
   * The other page may know fewer messages, and may not know of the answer that LibreChat is
   * generating, which LibreChat then aborts.
   */
  private void askOnAnotherPage(String conversationId, SplittableRandom its) {
    List<BsonDocument> known = libreChat.shown(conversationId);
    int last = known.size() - 1 - its.nextInt(4);
    String parent =
        last < 0 ? SimulatedLibreChat.NO_PARENT : known.get(last).getString("messageId").getValue();
    world.say("LibreChat: the owner asks on another page in %s below %s", conversationId, parent);
    libreChat.resubmit(conversationId, parent, Duration.ofMillis(500 + its.nextLong(15_000)));
    List<BsonDocument> above = known.subList(0, Math.max(0, last + 1));
    hide(known.subList(above.size(), known.size()));
    // A part of the aborted answer may be stored.
    hide(libreChat.shown(conversationId).stream().filter(one -> !above.contains(one)).toList());
  }

  private void hide(List<BsonDocument> messages) {
    messages.forEach(one -> hidden.add(one.getString("messageId").getValue()));
  }

  private void steer(String conversationId, SplittableRandom its) {
    if (libreChat.running(conversationId) != null) {
      world.say("LibreChat: the owner writes during the answer in %s", conversationId);
      libreChat.steer(
          conversationId,
          Duration.ofMillis(100 + its.nextLong(2_000)),
          Duration.ofMillis(500 + its.nextLong(15_000)));
    }
  }

  /** Copies what the page shows into another conversation, without the field {@code role}. */
  private void fork(String conversationId) {
    List<BsonDocument> shown = libreChat.shown(conversationId);
    String copy = world.randomUuid().toString();
    world.say("LibreChat: the owner forks %s to %s", conversationId, copy);
    copies.add(copy);
    libreChat.conversation(copy, 0);
    String parent = SimulatedLibreChat.NO_PARENT;
    for (BsonDocument message : shown) {
      String messageId = world.randomUuid().toString();
      BsonDocument copied = message.clone();
      copied.remove("role");
      copied
          .append("_id", libreChat.id())
          .append("messageId", new BsonString(messageId))
          .append("conversationId", new BsonString(copy))
          .append("parentMessageId", new BsonString(parent));
      mongo.insert("messages", copied);
      parent = messageId;
    }
  }

  /** The page shows what is below the deleted message, and hides what is above. */
  private void deleteMessage(String conversationId, SplittableRandom its) {
    List<BsonDocument> shown = libreChat.shown(conversationId);
    if (shown.isEmpty() || libreChat.running(conversationId) != null) {
      return;
    }
    int at = its.nextInt(shown.size());
    BsonDocument message = shown.get(at);
    world.say("LibreChat: the owner deletes the message %s", message.get("messageId"));
    hide(shown.subList(0, at));
    deleted(List.of(message));
    delete("messages", only("messageId", message));
  }

  private void deleted(List<BsonDocument> messages) {
    deletedMessages += messages.size();
    messages.forEach(one -> deletedTexts.add(one.getString("text").getValue()));
  }

  /** LibreChat deletes the conversation first, and its messages after that. */
  private void deleteConversation(String conversationId, SplittableRandom its) {
    world.say("LibreChat: the owner deletes %s", conversationId);
    libreChat.stop(conversationId);
    deletedConversations.put(conversationId, world.nanoTime());
    BsonDocument all = new BsonDocument("conversationId", new BsonString(conversationId));
    delete("conversations", all);
    world.after(
        null,
        Duration.ofMillis(1 + its.nextLong(30)),
        () -> {
          deleted(mongo.find("messages", all));
          delete("messages", all);
        });
  }

  private void delete(String collection, BsonDocument filter) {
    mongo.now(
        new BsonDocument("delete", new BsonString(collection))
            .append(
                "deletes",
                new BsonArray(
                    List.of(new BsonDocument("q", filter).append("limit", new BsonInt32(0))))));
  }

  /** Whether this conversation is a copy that the owner made. */
  boolean isCopy(String conversationId) {
    return copies.contains(conversationId);
  }

  /** Whether the owner has hidden this message. */
  boolean hasHidden(String messageId) {
    return hidden.contains(messageId);
  }

  /** Whether the owner has deleted the message with this text. */
  boolean hasDeleted(String text) {
    return deletedTexts.contains(text);
  }

  /** The conversations that the owner has deleted, each with the monotonic time. */
  Map<String, Long> deletedConversations() {
    return deletedConversations;
  }

  int deletedMessages() {
    return deletedMessages;
  }

  /** Returns the messages of the service that are in conversations which the owner did not copy. */
  List<BsonDocument> external() {
    return new ArrayList<>(
        mongo
            .find("messages", new BsonDocument("metadata.role", new BsonString("external")))
            .stream()
            .filter(one -> !isCopy(one.getString("conversationId").getValue()))
            .toList());
  }
}
