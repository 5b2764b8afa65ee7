package chat.switchboard.simulation;

import chat.switchboard.mongo.IndexPlan;
import chat.switchboard.simulation.Growth.Per;
import com.mongodb.client.model.IndexModel;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.bson.BsonDocument;
import org.bson.BsonString;

/**
 * Checks that nothing grows: at rest the replicas and the collections of the service keep nothing
 * of finished work, except what has a bound or an end.
 */
final class Rest {

  /** The service may need this time to end what nobody waits for: longer than its time limits. */
  private static final Duration LONGEST = Duration.ofMinutes(3);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** The heartbeat of the driver has one timer, and one message under way. */
  private static final int HEARTBEATS = 2;

  /** The election, the poll, the lease, the change stream and the streams of a replica. */
  private static final int TIMERS_OF_THE_FEED = 8;

  /** The collections whose documents stay, each with the reason. */
  static final Map<String, String> STAYING =
      Map.of(
          "switchboard_mappings", "one for each person and conversation",
          "switchboard_optouts", "one for each person who has opted out",
          "switchboard_feed_reader", "one: the place of the reader",
          "switchboard_leases", "at most one for each conversation and number: of dead replicas");

  /** A part of an id or of a phone number: a meter with such a tag has no bound. */
  private static final Pattern ENDLESS = Pattern.compile("[0-9a-f]{8}-|\\d{6}|[0-9a-f]{24}");

  private final World world;
  private final SimulatedMongo mongo;
  private final List<SimulatedReplica> replicas;
  private final SimulatedOwner owner;
  private final boolean hasFeed;
  private Map<String, List<String>> ends;

  Rest(World world, SimulatedMongo mongo, List<SimulatedReplica> replicas, SimulatedOwner owner) {
    this(world, mongo, replicas, owner, false);
  }

  /**
   * @param hasFeed whether the feed and the streams run
   */
  Rest(
      World world,
      SimulatedMongo mongo,
      List<SimulatedReplica> replicas,
      SimulatedOwner owner,
      boolean hasFeed) {
    this.hasFeed = hasFeed;
    this.world = world;
    this.mongo = mongo;
    this.replicas = replicas;
    this.owner = owner;
  }

  /** Lets the run rest until nothing is left, and returns what is left after the longest time. */
  List<String> left() {
    Duration end = world.time().plus(LONGEST);
    List<String> left = look();
    while (!left.isEmpty() && world.time().compareTo(end) < 0) {
      Duration next = world.time().plus(PAUSE);
      while (world.time().compareTo(next) < 0 && world.step()) {
        // The run goes on.
      }
      left = look();
    }
    return left;
  }

  private List<String> look() {
    List<String> left = new ArrayList<>();
    Map<Per, Long> things =
        Map.of(
            Per.CONVERSATION,
            (long) mongo.find("conversations", new BsonDocument()).size()
                + owner.deletedConversations().size(),
            Per.MESSAGE,
            (long) mongo.find("messages", new BsonDocument()).size()
                + mongo.find("switchboard_outbox", new BsonDocument()).size()
                + mongo.find("switchboard_feed", new BsonDocument()).size()
                + owner.deletedMessages(),
            Per.SETTING,
            10L,
            Per.NUMBER,
            Long.MAX_VALUE);
    for (SimulatedReplica replica : replicas) {
      if (replica.isAlive()) {
        of(replica, things).forEach(one -> left.add(replica.name() + " keeps: " + one));
      }
    }
    documents(left);
    return left;
  }

  private void documents(List<String> left) {
    for (String collection : mongo.collections()) {
      if (collection.startsWith("switchboard_") && !STAYING.containsKey(collection)) {
        List<String> fields = ends().getOrDefault(collection, List.of());
        for (BsonDocument document : mongo.find(collection, new BsonDocument())) {
          if (fields.stream().noneMatch(field -> document.isDateTime(field))
              && !isDeadLetter(document)) {
            left.add(collection + " keeps for ever: " + document.get("_id"));
          }
        }
      }
    }
  }

  /** A dead letter stays until an operator decides. */
  private static boolean isDeadLetter(BsonDocument document) {
    return new BsonString("DEAD").equals(document.get("state"));
  }

  private List<String> of(SimulatedReplica replica, Map<Per, Long> things) {
    Map<String, Growth.Bound> permitted = hasFeed ? Growth.OF_THE_FEED : Map.of();
    List<String> left = new ArrayList<>(Growth.of(replica.beans().all(), things, permitted));
    int most = replica.tasks() + HEARTBEATS + (hasFeed ? TIMERS_OF_THE_FEED : 0);
    int events = world.pending(replica);
    if (events > most) {
      left.add(events + " timers and requests, more than " + most);
    }
    for (Meter meter : replica.get(MeterRegistry.class).getMeters()) {
      meter.getId().getTags().stream()
          .filter(tag -> ENDLESS.matcher(tag.getValue()).find())
          .forEach(tag -> left.add("the meter " + meter.getId()));
    }
    return left;
  }

  /** Returns the fields of each collection whose date is the end of a document. */
  private Map<String, List<String>> ends() {
    if (ends == null) {
      Map<String, List<String>> found = new HashMap<>();
      for (IndexPlan plan : replicas.get(0).beans().each(IndexPlan.class)) {
        List<String> fields = new ArrayList<>();
        for (IndexModel index : plan.indexes()) {
          if (index.getOptions().getExpireAfter(TimeUnit.SECONDS) != null) {
            fields.addAll(index.getKeys().toBsonDocument().keySet());
          }
        }
        found.put(plan.collection(), fields);
      }
      ends = found;
    }
    return ends;
  }
}
