package chat.switchboard.simulation;

import chat.switchboard.simulation.SimulatedTexter.Wanted;
import chat.switchboard.simulation.SimulatedTwilio.HandOver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;

/** Checks what the service promises about texts: at each request to Twilio, and at the end. */
final class OutboundJudge implements SimulatedMongo.Watcher {

  /** The longest time between the look for an opt-out and the request to Twilio. */
  private static final Duration ROUND = Duration.ofSeconds(12);

  /**
   * The longest time between the look at LibreChat and the consent, and the request for an answer.
   */
  private static final Duration LOOK = Duration.ofSeconds(5);

  /** A process that was suspended in this time may send under a lease of before. */
  private static final Duration AWAKE = Duration.ofSeconds(30);

  private static final String LEASE_OF_A_NUMBER = "sms:";

  private static final Set<String> WAITING = Set.of("HELD", "QUEUED", "SENDING", "AMBIGUOUS");

  private static final Set<String> OPEN = Set.of("PENDING", "ASKING");

  /** Higher states win, in whatever order the reports come. */
  private static final Map<String, Integer> RANKS =
      Map.of("sent", 30, "failed", 40, "undelivered", 40, "delivered", 50);

  private static final Map<String, Integer> STATES =
      Map.of("SENT", 30, "UNDELIVERED", 40, "FAILED", 40, "BLOCKED", 40, "DELIVERED", 50);

  private final World world;
  private final List<SimulatedTexter> texters;
  private final List<SimulatedPerson> people;
  private final List<String> violations = new ArrayList<>();
  private SimulatedMongo mongo;
  private SimulatedTwilio twilio;
  private final Map<String, Integer> ends = new TreeMap<>();

  /** The messages for which LibreChat has begun to generate an answer. */
  private final Set<String> asked = new HashSet<>();

  /** The replicas by the ids that they write into leases. */
  private final Map<String, String> owners = new HashMap<>();

  /** The holder of the lease of each number, and since when. */
  private record Held(String owner, long since) {}

  private final Map<String, Held> leases = new HashMap<>();

  private boolean changed = true;
  private boolean repliesChanged = true;
  private boolean repliesRest;
  private boolean rests;

  OutboundJudge(World world, List<SimulatedTexter> texters, List<SimulatedPerson> people) {
    this.world = world;
    this.texters = texters;
    this.people = people;
  }

  void watch(SimulatedMongo model, SimulatedTwilio carrier) {
    this.mongo = model;
    this.twilio = carrier;
  }

  /** Returns how many questions ended in which state. */
  Map<String, Integer> ends() {
    return ends;
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
    changed |= collection.equals("switchboard_outbox");
    repliesChanged |=
        collection.equals("switchboard_replies") || collection.equals("switchboard_inbox");
    if (collection.equals("switchboard_leases")) {
      if (name.equals("insert")) {
        for (BsonValue lease : command.getArray("documents")) {
          owners.put(lease.asDocument().getString("owner").getValue(), by.name());
        }
      }
      noteLeases();
    }
  }

  private void noteLeases() {
    Map<String, String> now = new HashMap<>();
    for (BsonDocument lease : mongo.find("switchboard_leases", new BsonDocument())) {
      now.put(lease.getString("_id").getValue(), lease.getString("owner").getValue());
    }
    leases.keySet().retainAll(now.keySet());
    now.forEach(
        (id, owner) ->
            leases.compute(
                id,
                (same, held) ->
                    held != null && held.owner().equals(owner)
                        ? held
                        : new Held(owner, world.nanoTime())));
  }

  /**
   * No request leaves long after another replica has taken the lease of the number, unless the
   * request is late, or the process was suspended.
   */
  private void checkLease(HandOver now) {
    String id = sender(now.id);
    Held held = id == null ? null : leases.get(id);
    String holder = held == null ? now.by.name() : owners.getOrDefault(held.owner(), now.by.name());
    if (!holder.equals(now.by.name())
        && now.departedAt - held.since() > ROUND.toNanos()
        && now.by.awakeFor(AWAKE)) {
      violated(
          "%s sends \"%s\" although %s has had the lease for %d ms",
          now.by.name(), shown(now.text), holder, (now.departedAt - held.since()) / 1_000_000);
    }
  }

  private String sender(String id) {
    return entry(id)
        .filter(entry -> entry.isString("sender"))
        .map(entry -> LEASE_OF_A_NUMBER + entry.getString("sender").getValue())
        .orElse(null);
  }

  /** A request has come to Twilio. */
  void departed(HandOver now, List<HandOver> before) {
    for (HandOver earlier : before) {
      if (!earlier.toldNone) {
        violated(
            "%s hands \"%s\" over again, although the end of an earlier request is unknown",
            now.by.name(), shown(now.text));
      }
    }
    checkOptOut(now);
    checkWhole(now);
    checkOrder(now);
    checkClaim(now);
    checkLease(now);
  }

  /** Twilio accepts the text; no two texts to a person have the same words. */
  void accepted(HandOver now) {
    if (twilio.handOvers().stream()
        .anyMatch(
            one ->
                one != now && one.accepted && one.text.equals(now.text) && one.to.equals(now.to))) {
      violated("Twilio has \"%s\" twice", shown(now.text));
    }
  }

  /**
   * No request leaves long after another replica has given the text up as ambiguous: what the
   * checks before the request found is no longer true.
   */
  private void checkClaim(HandOver now) {
    long departedAt = World.BEGIN + now.departedAt / 1_000_000;
    entry(now.id)
        .map(entry -> entry.getArray("history"))
        .map(history -> history.get(history.size() - 1).asDocument())
        .filter(last -> last.getString("state").getValue().equals("AMBIGUOUS"))
        .map(last -> departedAt - last.getDateTime("at").getValue())
        .filter(millis -> millis > ROUND.toMillis())
        .ifPresent(
            millis ->
                violated(
                    "%s sends \"%s\" %d ms after another replica gave the text up",
                    now.by.name(), shown(now.text), millis));
  }

  private void checkOptOut(HandOver now) {
    lastStop(now.to)
        .map(stop -> now.departedAt - stop.acknowledgedAt())
        .filter(nanos -> nanos > ROUND.toNanos())
        .ifPresent(
            nanos ->
                violated(
                    "\"%s\" goes to %s, whose STOP was acknowledged %d ms before",
                    shown(now.text), now.to, nanos / 1_000_000));
  }

  /** Returns the acknowledged STOP of this person; empty if the person has written START since. */
  private Optional<SimulatedPerson.Written> lastStop(String number) {
    SimulatedPerson.Written last = null;
    for (SimulatedPerson person : people) {
      if (!person.number.equals(number)) {
        continue;
      }
      for (SimulatedPerson.Written written : person.acknowledged) {
        if (written.words().equals("STOP") || written.words().equals("START")) {
          last = written;
        }
      }
      if (last != null && (last.words().equals("START") || person.startedAt >= last.sentAt())) {
        last = null;
      }
    }
    return Optional.ofNullable(last);
  }

  /** Only a complete answer of the agent goes out. */
  private void checkWhole(HandOver now) {
    if (now.text.startsWith(SimulatedAnswers.PART) || now.text.startsWith(SimulatedAnswers.ERROR)) {
      violated("%s sends \"%s\"", now.by.name(), shown(now.text));
    }
  }

  /** No text goes after a later text to the same person, and no part after a later part. */
  private void checkOrder(HandOver now) {
    Wanted wanted = wanted(now.id);
    if (wanted == null || wanted.at.isPresent()) {
      return;
    }
    if (wasInDoubt(now.id)) {
      return;
    }
    int part = wanted.ids.indexOf(now.id);
    for (HandOver other : twilio.handOvers()) {
      Wanted later = other.departedAt < now.departedAt ? wanted(other.id) : null;
      if (later == null || later.at.isPresent() || later.by != wanted.by) {
        continue;
      }
      if (wanted.acknowledgedAt < later.askedAt
          || (later == wanted && later.ids.indexOf(other.id) > part)) {
        violated("\"%s\" goes after \"%s\"", shown(now.text), shown(other.text));
        return;
      }
    }
  }

  /** No later text waits for a text that Twilio may have. */
  private boolean wasInDoubt(String id) {
    return entry(id).stream()
        .flatMap(entry -> entry.getArray("history").stream())
        .anyMatch(one -> one.asDocument().getString("state").getValue().equals("AMBIGUOUS"));
  }

  private Optional<BsonDocument> entry(String id) {
    return mongo.find("switchboard_outbox", new BsonDocument("_id", new BsonString(id))).stream()
        .findFirst();
  }

  private Wanted wanted(String id) {
    for (SimulatedTexter texter : texters) {
      for (Wanted one : texter.wanted) {
        if (one.ids.contains(id)) {
          return one;
        }
      }
    }
    return null;
  }

  private static String shown(String text) {
    return text.length() < 60 ? text : text.substring(0, 60) + "…";
  }

  /** Whether no text waits. */
  boolean isAtRest() {
    if (changed) {
      changed = false;
      rests =
          mongo.find("switchboard_outbox", new BsonDocument()).stream()
              .noneMatch(entry -> WAITING.contains(entry.getString("state").getValue()));
    }
    if (repliesChanged) {
      repliesChanged = false;
      repliesRest =
          mongo.find("switchboard_replies", new BsonDocument()).stream()
                  .noneMatch(reply -> OPEN.contains(reply.getString("state").getValue()))
              && mongo
                  .find("switchboard_inbox", new BsonDocument("state", new BsonString("RECEIVED")))
                  .isEmpty();
    }
    return rests && repliesRest && twilio.isAtRest();
  }

  /** LibreChat is asked for an answer while it generates another, which it then gives up. */
  void askedBeside(SimulatedReplica by, SimulatedLibreChat.Turn other) {
    long time = world.nanoTime() - other.begun();
    if (time > LOOK.toNanos() && by.awakeFor(ROUND)) {
      violated(
          "%s asks for an answer beside one that LibreChat has generated for %d ms",
          by.name(), time / 1_000_000);
    }
  }

  /** LibreChat begins to generate an answer that a replica has asked for. */
  void asked(SimulatedReplica by, String questionId) {
    asked.add(questionId);
    checkUnanswered(by, questionId);
    mongo
        .find(
            "switchboard_replies",
            new BsonDocument("askedId", new BsonString(questionId))
                .append("state", new BsonString("ASKING")))
        .forEach(reply -> checkAllowed(by, reply));
  }

  /** A second answer would be a branch that hides the first. */
  private void checkUnanswered(SimulatedReplica by, String questionId) {
    for (BsonDocument answer : wholeAnswers(questionId)) {
      long millis = world.millis() - answer.getDateTime("updatedAt").getValue();
      if (millis > LOOK.toMillis() && by.awakeFor(ROUND)) {
        violated(
            "%s asks for an answer although the conversation has had one for %d ms",
            by.name(), millis);
      }
    }
  }

  private List<BsonDocument> wholeAnswers(String questionId) {
    return mongo.find(
        "messages",
        new BsonDocument("parentMessageId", new BsonString(questionId))
            .append("isCreatedByUser", BsonBoolean.FALSE)
            .append("metadata.role", BsonNull.VALUE)
            .append("error", BsonBoolean.FALSE)
            .append("unfinished", BsonBoolean.FALSE));
  }

  /** Nobody is to get the answer who has opted out some time before. */
  private void checkAllowed(SimulatedReplica by, BsonDocument reply) {
    for (BsonValue phone : reply.getArray("phones")) {
      String to = phone.asDocument().getString("to").getValue();
      lastStop(to)
          .map(stop -> world.nanoTime() - stop.acknowledgedAt())
          .filter(nanos -> nanos > LOOK.toNanos() && by.awakeFor(ROUND))
          .ifPresent(
              nanos ->
                  violated(
                      "%s asks for an answer to %s, whose STOP was acknowledged %d ms before",
                      by.name(), to, nanos / 1_000_000));
    }
  }

  private Optional<BsonDocument> message(String id) {
    return mongo.find("messages", new BsonDocument("messageId", new BsonString(id))).stream()
        .findFirst();
  }

  /** Each text of a person that was to be answered has an answer, or a reason why not. */
  private void checkReplies(Map<String, BsonDocument> entries) {
    Map<String, BsonDocument> messages = new HashMap<>();
    mongo
        .find(
            "messages",
            new BsonDocument("metadata.role", new BsonString("external"))
                .append("metadata.repeats", BsonNull.VALUE))
        .forEach(message -> messages.put(message.getString("text").getValue(), message));
    Map<String, BsonDocument> replies = new HashMap<>();
    mongo
        .find("switchboard_replies", new BsonDocument())
        .forEach(reply -> replies.put(reply.getString("_id").getValue(), reply));
    replies.values().forEach(this::checkClosed);
    for (SimulatedPerson person : people) {
      for (SimulatedPerson.Written written : person.acknowledged) {
        if (!written.words().startsWith("question")) {
          continue;
        }
        BsonDocument message = messages.get(written.words());
        BsonDocument reply =
            message == null ? null : replies.get(message.getString("messageId").getValue());
        if (message == null) {
          violated("\"%s\" was acknowledged and is lost", written.words());
        } else if (reply != null) {
          checkReply(person, written.words(), reply, replies, entries);
        } else if (person.neverStopped()) {
          // A STOP, which is read at once, may overtake a question in the inbox.
          violated("\"%s\" has no request for an answer", written.words());
        }
      }
    }
    checkOneAnswer(entries);
    messages.values().stream()
        .map(message -> message.getString("messageId").getValue())
        .filter(id -> wholeAnswers(id).size() > 1)
        .forEach(id -> violated("LibreChat has two answers to %s", id));
  }

  private void checkClosed(BsonDocument reply) {
    if (OPEN.contains(reply.getString("state").getValue())) {
      violated(
          "The answer to %s is still %s after %d attempts, due at %s: %s",
          reply.getString("_id").getValue(),
          reply.getString("state").getValue(),
          reply.getNumber("attempts").intValue(),
          reply.get("dueAt"),
          reply.get("error"));
    }
  }

  /** A question that is repeated after a turn of the owner is the same question. */
  private void checkOneAnswer(Map<String, BsonDocument> entries) {
    Map<String, String> answered = new HashMap<>();
    for (BsonDocument entry : entries.values()) {
      String body = entry.getString("body").getValue();
      if (!body.startsWith("answer ")) {
        continue;
      }
      String questionId = body.substring(body.indexOf(" to ") + 4);
      String repeated =
          message(questionId)
              .map(message -> message.getDocument("metadata"))
              .filter(metadata -> metadata.isString("repeats"))
              .map(metadata -> metadata.getString("repeats").getValue())
              .orElse(questionId);
      String before = answered.putIfAbsent(repeated + entry.get("phoneNumber"), body);
      if (before != null) {
        violated("\"%s\" and \"%s\" answer the same question", before, body);
      }
    }
  }

  private void checkReply(
      SimulatedPerson person,
      String words,
      BsonDocument of,
      Map<String, BsonDocument> replies,
      Map<String, BsonDocument> entries) {
    BsonDocument reply = of;
    for (int i = 0; i < replies.size() && reply.isString("coveredBy"); i++) {
      reply = replies.get(reply.getString("coveredBy").getValue());
    }
    String state = reply.getString("state").getValue();
    if (state.equals("ANSWERED")) {
      String text =
          message(reply.getString("answerId").getValue())
              .map(answer -> answer.getString("text").getValue())
              .orElse("");
      boolean isSent =
          entries.values().stream()
              .filter(entry -> entry.getString("body").getValue().equals(text))
              .anyMatch(entry -> entry.getString("phoneNumber").getValue().equals(person.number));
      if (!isSent && person.neverStopped()) {
        violated("\"%s\" counts as answered, and no answer went out", words);
      }
    } else if (state.equals("SKIPPED")
        && reply.isString("askedId")
        && asked.contains(reply.getString("askedId").getValue())
        && person.neverStopped()) {
      violated("LibreChat began to answer \"%s\", and nobody asked again", words);
    } else if (!OPEN.contains(state) && !reply.isString("error")) {
      violated("\"%s\" has no answer (%s) and no reason", words, state);
    }
    ends.merge(state, 1, Integer::sum);
  }

  void checkAtRest() {
    for (SimulatedTexter texter : texters) {
      if (!texter.isDone()) {
        violated("%s still waits for a response", texter.name);
      }
    }
    Map<String, BsonDocument> entries = new HashMap<>();
    mongo
        .find("switchboard_outbox", new BsonDocument())
        .forEach(entry -> entries.put(entry.getString("_id").getValue(), entry));
    entries.forEach(this::checkEnd);
    checkReplies(entries);
    for (SimulatedTexter texter : texters) {
      for (Wanted one : texter.wanted) {
        one.ids.stream()
            .filter(id -> !entries.containsKey(id))
            .forEach(id -> violated("\"%s\" was acknowledged and is lost", shown(one.text)));
      }
    }
    for (SimulatedTwilio.Report report : twilio.heard()) {
      BsonDocument entry = entries.get(report.id());
      String state = entry == null ? "nothing" : entry.getString("state").getValue();
      if (STATES.getOrDefault(state, 0) < RANKS.get(report.status())) {
        violated(
            "The outbox has %s for a text that Twilio has reported as %s", state, report.status());
      }
    }
  }

  private void checkEnd(String id, BsonDocument entry) {
    String state = entry.getString("state").getValue();
    String text = shown(entry.getString("body").getValue());
    List<HandOver> all = twilio.handOvers(id);
    boolean accepted = all.stream().anyMatch(one -> one.accepted);
    if (WAITING.contains(state)) {
      violated("\"%s\" is still %s", text, state);
    } else if ((state.equals("SENT") || state.equals("DELIVERED")) && !accepted) {
      violated("\"%s\" is %s, but Twilio does not have the text", text, state);
    } else if (state.equals("CANCELLED")) {
      violated("\"%s\" is cancelled, and nobody cancelled the text", text);
    } else if (state.equals("BLOCKED") && people.stream().allMatch(SimulatedPerson::neverStopped)) {
      violated("\"%s\" is blocked, and nobody has opted out", text);
    } else if (state.equals("FAILED") && all.isEmpty()) {
      violated("\"%s\" failed, and Twilio was not asked", text);
    } else if (state.equals("DEAD")
        && all.size() < OutboundSimulation.MOST_ATTEMPTS
        && !wasInDoubt(id)) {
      violated("\"%s\" is dead after %d attempts", text, all.size());
    }
  }
}
