package chat.switchboard.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;

/** Checks what the service promises to the clients that listen. */
final class FeedJudge implements SimulatedMongo.Watcher, SimulatedChangeStreams.Watcher {

  private static final String REPLY = "agentReply";

  /** The longest time in which a message reaches a client after the faults have ended. */
  private static final Duration LONGEST = Duration.ofSeconds(90);

  /** The longest time between the read of a message and the write to a client. */
  private static final Duration LONGEST_HELD = Duration.ofSeconds(15);

  /** A process that was suspended in this time may have read before. */
  private static final Duration AWAKE = Duration.ofSeconds(30);

  /**
   * A message that the clients of its user must hear.
   *
   * @param parent the {@code messageId} of the message before
   * @param at the monotonic time at which the message was stored, or the answer was complete
   */
  record Due(
      BsonValue id,
      String messageId,
      String parent,
      String user,
      String conversationId,
      String type,
      long at) {}

  private final World world;
  private final List<SimulatedListener> listeners;
  private final List<String> violations = new ArrayList<>();
  private final Map<BsonValue, BsonDocument> messages = new HashMap<>();
  private final Set<String> external = new HashSet<>();
  private final Map<String, Due> due = new HashMap<>();
  private final List<Due> inOrder = new ArrayList<>();

  /** The messages that are deleted now, each with the monotonic time. */
  private final Map<String, Long> deleted = new HashMap<>();

  /**
   * The messages that were deleted once. A message comes again under the same id if the owner
   * deletes the message before the inbox notes that LibreChat has it.
   */
  private final Set<String> deletedOnce = new HashSet<>();

  /** The users whose accounts are deleted. */
  private final Set<String> gone = new HashSet<>();

  private SimulatedMongo mongo;
  private List<SimulatedReplica> replicas;
  private SimulatedOwner owner;
  private Consumer<BsonDocument> onExternal = message -> {};
  private Consumer<String> onDue = user -> {};
  int events;
  int refetches;

  FeedJudge(World world, List<SimulatedListener> listeners) {
    this.world = world;
    this.listeners = listeners;
  }

  /**
   * @param answers called for each message from outside
   * @param news called with the user of each message that clients must hear
   */
  void watch(
      SimulatedMongo model,
      List<SimulatedReplica> all,
      SimulatedOwner acting,
      Consumer<BsonDocument> answers,
      Consumer<String> news) {
    this.mongo = model;
    this.replicas = all;
    this.owner = acting;
    this.onExternal = answers;
    this.onDue = news;
  }

  List<String> violations() {
    return violations;
  }

  int count() {
    return inOrder.size();
  }

  void violated(String format, Object... arguments) {
    String sentence = String.format(Locale.ROOT, format, arguments);
    world.say("VIOLATION: %s", sentence);
    violations.add(sentence);
  }

  @Override
  public void ran(
      SimulatedReplica by, long sentAt, String name, BsonDocument command, BsonDocument response) {
    // The changes say all.
  }

  @Override
  public void changed(String collection, BsonDocument event) {
    if (!collection.equals("messages")) {
      return;
    }
    BsonValue id = event.getDocument("documentKey").get("_id");
    if (event.containsKey("fullDocument")) {
      BsonDocument message = event.getDocument("fullDocument");
      messages.put(id, message);
      deleted.remove(message.getString("messageId").getValue());
      if (isExternal(message)) {
        external.add(message.getString("messageId").getValue());
        isDue(message, "newMessage");
        if (!isCopy(message)) {
          onExternal.accept(message);
        }
      } else {
        mayBeAnswer(message);
      }
    } else if (event.containsKey("updateDescription") && messages.containsKey(id)) {
      BsonDocument updated = event.getDocument("updateDescription").getDocument("updatedFields");
      if (updated.containsKey("unfinished")) {
        messages.get(id).putAll(updated);
        mayBeAnswer(messages.get(id));
      }
    } else if (messages.containsKey(id)) {
      String messageId = messages.get(id).getString("messageId").getValue();
      deleted.put(messageId, world.nanoTime());
      deletedOnce.add(messageId);
    }
  }

  /** A copy has the date of the message: a service that polls does not find the copy. */
  private boolean isCopy(BsonDocument message) {
    return owner.isCopy(message.getString("conversationId").getValue());
  }

  /** Without its question, an answer is a message of LibreChat like others. */
  private boolean isDeleted(Due one) {
    return deletedOnce.contains(one.messageId())
        || (one.type().equals(REPLY) && deletedOnce.contains(one.parent()));
  }

  private static boolean isExternal(BsonDocument message) {
    return message.isDocument("metadata")
        && new BsonString("external").equals(message.getDocument("metadata").get("role"));
  }

  private void mayBeAnswer(BsonDocument message) {
    boolean isAnswer =
        !message.getBoolean("isCreatedByUser").getValue()
            && !message.getBoolean("unfinished", BsonBoolean.FALSE).getValue()
            && external.contains(message.getString("parentMessageId").getValue());
    if (isAnswer) {
      isDue(message, REPLY);
    }
  }

  private void isDue(BsonDocument message, String type) {
    String messageId = message.getString("messageId").getValue();
    Due one =
        new Due(
            message.get("_id"),
            messageId,
            message.getString("parentMessageId").getValue(),
            message.getString("user").getValue(),
            message.getString("conversationId").getValue(),
            type,
            world.nanoTime());
    forgetOfDeletedAccount(one);
    if (due.putIfAbsent(messageId, one) == null && !isCopy(message)) {
      world.say("%s %s of %s is stored", type, messageId, one.user());
      inOrder.add(one);
      onDue.accept(one.user());
    }
  }

  /** The message of a deleted account can be routed again, to another user, with the same id. */
  private void forgetOfDeletedAccount(Due again) {
    Due before = due.get(again.messageId());
    if (before != null && !before.user().equals(again.user()) && gone.contains(before.user())) {
      due.remove(again.messageId());
      inOrder.remove(before);
    }
  }

  /**
   * A client hears a message.
   *
   * @param by the replica that wrote the event
   * @param writtenAt the monotonic time of that
   */
  void heard(
      SimulatedListener listener,
      String messageId,
      String type,
      SimulatedReplica by,
      long writtenAt) {
    events++;
    Due one = due.get(messageId);
    if (one == null && mongo.hasFailedOver()) {
      // The old primary showed the message, and the write was rolled back.
      world.say("%s hears a message that was rolled back", listener.name);
    } else if (one == null) {
      violated("%s hears %s, which LibreChat does not have", listener.name, messageId);
    } else if (!one.user().equals(listener.user)) {
      violated("%s hears %s of another user", listener.name, messageId);
    } else if (!listener.wants(one.conversationId())) {
      violated("%s hears %s of another conversation", listener.name, messageId);
    } else if (!one.type().equals(type)) {
      violated("%s hears %s as %s", listener.name, messageId, type);
    } else if (writtenAt - deleted.getOrDefault(messageId, writtenAt) > LONGEST_HELD.toNanos()
        && by.awakeFor(AWAKE)) {
      violated("%s hears %s, which was deleted long before", listener.name, messageId);
    }
  }

  /** LibreChat deletes the account of this user. */
  void deletes(String user) {
    gone.add(user);
  }

  /** The service tells a client that its user has no account. */
  void isGone(SimulatedListener listener) {
    if (!gone.contains(listener.user)) {
      violated("%s loses its stream although its user has an account", listener.name);
    }
  }

  void refetched() {
    refetches++;
  }

  /** Whether nothing is outstanding. */
  boolean isAtRest() {
    return listeners.stream().allMatch(this::isWhereItBelongs)
        && outstanding().isEmpty()
        && unwritten().isEmpty()
        && waiting().isEmpty();
  }

  private boolean isWhereItBelongs(SimulatedListener listener) {
    return gone.contains(listener.user) ? !listener.isThere() : listener.isConnected();
  }

  /** Whether the service had the time for everything. */
  boolean hadTime(long faultsEndedAt) {
    long last = inOrder.isEmpty() ? 0 : inOrder.get(inOrder.size() - 1).at();
    return world.nanoTime() - Math.max(last, faultsEndedAt) > LONGEST.toNanos();
  }

  private List<String> outstanding() {
    List<String> found = new ArrayList<>();
    for (SimulatedListener listener :
        listeners.stream().filter(SimulatedListener::isThere).toList()) {
      for (Due one : inOrder) {
        if (one.user().equals(listener.user)
            && !isDeleted(one)
            && listener.wants(one.conversationId())
            && listener.owes(one.at())
            && !listener.heard.contains(one.messageId())) {
          found.add(
              String.format(
                  Locale.ROOT,
                  "%s never hears %s %s of %.3f s",
                  listener.name,
                  one.type(),
                  one.messageId(),
                  one.at() / 1e9));
        }
      }
    }
    return found;
  }

  /** Returns the messages without an entry of the feed. */
  private List<String> unwritten() {
    Map<BsonValue, BsonDocument> entries = new HashMap<>();
    mongo
        .find("switchboard_feed", new BsonDocument())
        .forEach(entry -> entries.put(entry.get("_id"), entry));
    List<String> found = new ArrayList<>();
    for (Due one : inOrder) {
      BsonDocument entry = entries.get(one.id());
      if (entry == null && isDeleted(one)) {
        continue;
      }
      if (entry == null) {
        found.add("The feed has no entry of " + one.messageId());
      } else if (!entry.getString("user").getValue().equals(one.user())) {
        found.add("The entry of " + one.messageId() + " has another user");
      }
    }
    return found;
  }

  private List<String> waiting() {
    return replicas.stream()
        .filter(SimulatedReplica::isAlive)
        .filter(one -> one.feed().waiting() > 0)
        .map(one -> one.name() + " waits for entries for ever")
        .toList();
  }

  void checkAtRest() {
    outstanding().forEach(one -> violated("%s", one));
    unwritten().forEach(one -> violated("%s", one));
    waiting().forEach(one -> violated("%s", one));
    listeners.stream()
        .filter(one -> !isWhereItBelongs(one))
        .forEach(
            one ->
                violated(
                    gone.contains(one.user)
                        ? "%s has a stream of a deleted account in the end"
                        : "%s is not connected in the end",
                    one.name));
  }
}
