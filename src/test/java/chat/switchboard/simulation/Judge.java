package chat.switchboard.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;

/** Checks the promises of the service: after each write, and at the end of a run. */
final class Judge implements SimulatedMongo.Watcher {

  /** The longest time between the read of the end of a conversation and the write there. */
  private static final Duration ROUND = Duration.ofSeconds(5);

  private static final Duration LIFE_OF_LEASE = Duration.ofSeconds(15);

  /** What is known of the first write of a message. */
  private record Written(long sentAt, long at, boolean awake) {}

  /** A message that has waited for this time may be written beside a running answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(75);

  /**
   * The answers beside which such a message was written: messages that wait behind that message
   * follow without a wait of their own.
   */
  private final Set<SimulatedLibreChat.Turn> notAwaited = new HashSet<>();

  private final World world;
  private final List<SimulatedCaller> callers;
  private final List<String> violations = new ArrayList<>();
  private final Map<String, Written> written = new HashMap<>();

  /**
   * Messages beside an answer of which the database has nothing, while LibreChat gave no status: no
   * replica could know of the answer.
   */
  private final Set<String> unaware = new HashSet<>();

  /** The replicas by the ids that they write into leases. */
  private final Map<String, String> owners = new HashMap<>();

  private SimulatedMongo mongo;
  private SimulatedLibreChat libreChat;
  private SimulatedOwner owner;

  /** Whether the messages have changed since the last check. */
  private boolean changed;

  /** Whether the inbox has changed since the last look, and what the look found. */
  private boolean inboxChanged = true;

  private boolean inboxIsEmpty;

  Judge(World world, List<SimulatedCaller> callers) {
    this.world = world;
    this.callers = callers;
  }

  void watch(SimulatedMongo model, SimulatedLibreChat chat, SimulatedOwner ofChat) {
    this.mongo = model;
    this.libreChat = chat;
    this.owner = ofChat;
  }

  List<String> violations() {
    return violations;
  }

  void violated(String format, Object... arguments) {
    String sentence = String.format(java.util.Locale.ROOT, format, arguments);
    world.say("VIOLATION: %s", sentence);
    violations.add(sentence);
  }

  @Override
  public void ran(
      SimulatedReplica by, long sentAt, String name, BsonDocument command, BsonDocument response) {
    String collection = command.getString(name).getValue();
    if (collection.equals("switchboard_inbox")) {
      inboxChanged = true;
    }
    if (collection.equals("switchboard_leases") && name.equals("insert")) {
      for (BsonValue lease : command.getArray("documents")) {
        owners.put(lease.asDocument().getString("owner").getValue(), by.name());
      }
    }
    if (!collection.equals("messages")) {
      return;
    }
    changed = true;
    if (name.equals("insert")) {
      List<BsonValue> messages = command.getArray("documents");
      int end =
          command.getBoolean("ordered", BsonBoolean.TRUE).getValue() && !refused(response).isEmpty()
              ? Collections.min(refused(response))
              : messages.size();
      messages.forEach(message -> notePatience(message.asDocument()));
      for (int i = 0; i < end; i++) {
        if (!refused(response).contains(i)) {
          inserted(by, sentAt, messages.get(i).asDocument());
        }
      }
    }
  }

  /** Returns the indexes of the documents that the server did not insert. */
  private static Set<Integer> refused(BsonDocument response) {
    Set<Integer> refused = new HashSet<>();
    response
        .getArray("writeErrors", new BsonArray())
        .forEach(error -> refused.add(error.asDocument().getNumber("index").intValue()));
    return refused;
  }

  /**
   * While another replica has the lease of the conversation, only a write that is late, or a
   * process that was suspended, may append.
   */
  private void checkLease(SimulatedReplica by, long sentAt, BsonDocument message) {
    if (world.nanoTime() - sentAt > ROUND.toNanos() || !by.awakeFor(LIFE_OF_LEASE)) {
      return;
    }
    for (BsonDocument lease :
        mongo.find("switchboard_leases", new BsonDocument("_id", message.get("conversationId")))) {
      String holder = owners.get(lease.getString("owner").getValue());
      if (!lease.containsKey("handedOverAt") && holder != null && !holder.equals(by.name())) {
        violated(
            "%s appends \"%s\" although %s has the lease",
            by.name(), message.getString("text").getValue(), holder);
      }
    }
  }

  private void notePatience(BsonDocument message) {
    SimulatedLibreChat.Turn turn =
        libreChat.running(message.getString("conversationId").getValue());
    if (turn != null && world.nanoTime() - sentOf(message) >= PATIENCE.toNanos()) {
      notAwaited.add(turn);
    }
  }

  private void inserted(SimulatedReplica by, long sentAt, BsonDocument message) {
    checkLease(by, sentAt, message);
    written.putIfAbsent(
        message.getString("messageId").getValue(),
        new Written(sentAt, world.nanoTime(), by.awakeFor(ROUND)));
    SimulatedLibreChat.Turn turn =
        libreChat.running(message.getString("conversationId").getValue());
    if (turn != null && libreChat.isUnseen(turn) && !libreChat.answeredFor(LIFE_OF_LEASE)) {
      unaware.add(message.getString("messageId").getValue());
    }
    if (turn != null
        && sentAt - turn.begun() > ROUND.toNanos()
        && libreChat.answeredFor(Duration.ofSeconds(15))
        && by.awakeFor(ROUND)
        && !notAwaited.contains(turn)) {
      violated(
          "%s writes \"%s\" beside an answer that LibreChat has generated for %d ms",
          by.name(), message.getString("text").getValue(), (sentAt - turn.begun()) / 1_000_000);
    }
  }

  private long sentOf(BsonDocument message) {
    String text = message.getString("text").getValue();
    return callers.stream()
        .flatMap(caller -> caller.sent.stream())
        .filter(sent -> sent.text.equals(text))
        .mapToLong(sent -> sent.sentAt)
        .findFirst()
        .orElse(world.nanoTime());
  }

  /** After each step: each message is there at most once. */
  void check() {
    if (!changed) {
      return;
    }
    changed = false;
    Set<String> texts = new HashSet<>();
    for (BsonDocument message : owner.external()) {
      String text = message.getString("text").getValue();
      if (!texts.add(text)) {
        violated("\"%s\" is in LibreChat twice", text);
      }
    }
  }

  /** Whether no message waits. */
  boolean isAtRest() {
    if (inboxChanged) {
      inboxChanged = false;
      inboxIsEmpty =
          mongo
              .find("switchboard_inbox", new BsonDocument("state", new BsonString("RECEIVED")))
              .isEmpty();
    }
    return inboxIsEmpty;
  }

  /** At the end: everything acknowledged is there, in order, on the branch that the page shows. */
  void checkAtRest() {
    for (SimulatedCaller caller : callers) {
      if (!caller.isDone()) {
        violated("%s still waits for a response", caller.name);
      }
    }
    Set<String> unstored = new HashSet<>();
    for (BsonDocument entry : mongo.find("switchboard_inbox", new BsonDocument())) {
      String state = entry.getString("state").getValue();
      if (state.equals("DEAD") && wasDeleted(entry)) {
        entry
            .getDocument("envelope")
            .getArray("parts")
            .forEach(part -> unstored.add(part.asString().getValue()));
      } else if (!state.equals("APPENDED")) {
        violated("The inbox still has an entry: %s %s", state, entry.getString("_id"));
      }
    }
    Map<String, BsonDocument> byText = new HashMap<>();
    Set<String> in = new HashSet<>();
    for (BsonDocument message : owner.external()) {
      byText.put(message.getString("text").getValue(), message);
      in.add(message.getString("conversationId").getValue());
    }
    for (SimulatedCaller caller : callers) {
      caller.sent.stream()
          .filter(sent -> sent.acknowledged && !byText.containsKey(sent.text))
          .filter(sent -> !owner.hasDeleted(sent.text) && !unstored.contains(sent.text))
          .forEach(sent -> violated("\"%s\" was acknowledged and is lost", sent.text));
    }
    byText.values().forEach(this::checkConversation);
    in.stream().sorted().forEach(this::checkThread);
    checkPersons(byText);
  }

  /** Whether the owner has deleted the conversation that this message was for. */
  private boolean wasDeleted(BsonDocument entry) {
    BsonValue conversationId = entry.getDocument("envelope").get("conversationId");
    return conversationId != null
        && conversationId.isString()
        && owner.deletedConversations().containsKey(conversationId.asString().getValue());
  }

  /**
   * The owner can see the message, unless the conversation was deleted during the write, or while
   * the process was suspended.
   */
  private void checkConversation(BsonDocument message) {
    Long deletedAt =
        owner.deletedConversations().get(message.getString("conversationId").getValue());
    Written one = written.get(message.getString("messageId").getValue());
    // A message for a deleted conversation opens the conversation again.
    boolean exists =
        !mongo
            .find(
                "conversations", new BsonDocument("conversationId", message.get("conversationId")))
            .isEmpty();
    if (!exists
        && one.awake()
        && (deletedAt == null || one.sentAt() - deletedAt > ROUND.toNanos())) {
      violated(
          "\"%s\" was written after the owner had deleted the conversation",
          message.getString("text").getValue());
    }
  }

  /** All messages of a person are in one conversation, as long as the owner deletes none. */
  private void checkPersons(Map<String, BsonDocument> byText) {
    if (!owner.deletedConversations().isEmpty()) {
      return;
    }
    Map<Object, String> conversations = new HashMap<>();
    for (SimulatedCaller caller : callers) {
      for (SimulatedCaller.Sent sent : caller.sent) {
        BsonDocument message = byText.get(sent.text);
        if (message != null) {
          String conversationId = message.getString("conversationId").getValue();
          String before = conversations.putIfAbsent(caller.destination, conversationId);
          if (before != null && !before.equals(conversationId)) {
            violated("\"%s\" is in another conversation of the same person", sent.text);
          }
        }
      }
    }
  }

  private void checkThread(String conversationId) {
    List<BsonDocument> shown = libreChat.shown(conversationId);
    Set<String> visible = new HashSet<>();
    shown.forEach(message -> visible.add(message.getString("messageId").getValue()));
    Set<String> ownersBranches = ownersBranches(conversationId);
    List<String> hidden =
        libreChat.thread(conversationId).stream()
            .filter(message -> !visible.contains(message.getString("messageId").getValue()))
            .filter(message -> !ownersBranches.contains(message.getString("messageId").getValue()))
            .map(message -> message.getString("text").getValue())
            .toList();
    if (!hidden.isEmpty() && !isExcused(conversationId)) {
      violated("Conversation %s hides %s on a branch", conversationId, hidden);
    }
    Map<String, Integer> last = new HashMap<>();
    for (BsonDocument message : shown) {
      for (SimulatedCaller caller : callers) {
        for (SimulatedCaller.Sent sent : caller.sent) {
          if (sent.acknowledged && sent.text.equals(message.getString("text").getValue())) {
            if (owner.hasDeleted(sent.text)) {
              continue;
            }
            Integer before = last.put(caller.name, sent.number);
            if (before != null && before > sent.number) {
              violated("\"%s\" comes after a later message of the same sender", sent.text);
            }
          }
        }
      }
    }
  }

  /**
   * Returns what the owner has hidden, and the turns that the owner has added below on a page that
   * still shows the hidden messages.
   */
  private Set<String> ownersBranches(String conversationId) {
    Set<String> hidden = new HashSet<>();
    for (BsonDocument message : libreChat.thread(conversationId)) {
      String messageId = message.getString("messageId").getValue();
      boolean ofOwner = !message.containsKey("metadata");
      if (owner.hasHidden(messageId)
          || unaware.contains(messageId)
          || (ofOwner && hidden.contains(message.getString("parentMessageId").getValue()))) {
        hidden.add(messageId);
      }
    }
    return hidden;
  }

  /**
   * Whether the owner asked while a message was being written: LibreChat and the service then do
   * not know of each other, and either message can hide the other.
   */
  private boolean isExcused(String conversationId) {
    Set<String> here = new HashSet<>();
    libreChat
        .thread(conversationId)
        .forEach(message -> here.add(message.getString("messageId").getValue()));
    return written.entrySet().stream()
        .filter(entry -> here.contains(entry.getKey()))
        .map(Map.Entry::getValue)
        .anyMatch(
            one ->
                libreChat.turns().stream()
                    .filter(turn -> turn.conversationId().equals(conversationId))
                    .anyMatch(
                        turn ->
                            turn.begun() > one.sentAt() - ROUND.toNanos()
                                && turn.begun() < one.at() + 100_000_000L));
  }
}
