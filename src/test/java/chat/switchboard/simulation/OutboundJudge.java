package chat.switchboard.simulation;

import chat.switchboard.simulation.SimulatedTexter.Wanted;
import chat.switchboard.simulation.SimulatedTwilio.HandOver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonString;

/** Checks what the service promises about texts: at each request to Twilio, and at the end. */
final class OutboundJudge implements SimulatedMongo.Watcher {

  /** The longest time between the look for an opt-out and the request to Twilio. */
  private static final Duration ROUND = Duration.ofSeconds(12);

  private static final Set<String> WAITING = Set.of("HELD", "QUEUED", "SENDING", "AMBIGUOUS");

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
  private boolean changed = true;
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
    changed |= command.getString(name).getValue().equals("switchboard_outbox");
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
    checkOrder(now);
    checkClaim(now);
  }

  /** Twilio accepts the text; no two texts of a run have the same words. */
  void accepted(HandOver now) {
    if (twilio.handOvers().stream()
        .anyMatch(one -> one != now && one.accepted && one.text.equals(now.text))) {
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
    for (SimulatedPerson person : people) {
      if (!person.number.equals(now.to) || person.acknowledged.isEmpty()) {
        continue;
      }
      SimulatedPerson.Written last = null;
      for (SimulatedPerson.Written written : person.acknowledged) {
        if (written.words().equals("STOP") || written.words().equals("START")) {
          last = written;
        }
      }
      if (last != null
          && last.words().equals("STOP")
          && person.startedAt < last.sentAt()
          && now.departedAt - last.acknowledgedAt() > ROUND.toNanos()) {
        violated(
            "\"%s\" goes to %s, whose STOP was acknowledged %d ms before",
            shown(now.text), now.to, (now.departedAt - last.acknowledgedAt()) / 1_000_000);
      }
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
    return rests && twilio.isAtRest();
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
