package chat.switchboard.simulation;

import chat.switchboard.feed.SeenMessageListener;
import chat.switchboard.feed.SimulatedFeed;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.librechat.SimulatedTokens;
import chat.switchboard.mongo.DatabaseWatch;
import chat.switchboard.simulation.Happenings.Kind;
import chat.switchboard.stream.SimulatedStreams;
import com.mongodb.MongoClientSettings;
import com.mongodb.ServerAddress;
import com.mongodb.connection.ClusterConnectionMode;
import com.mongodb.connection.ClusterDescription;
import com.mongodb.connection.ClusterId;
import com.mongodb.connection.ClusterType;
import com.mongodb.connection.ServerConnectionState;
import com.mongodb.connection.ServerDescription;
import com.mongodb.connection.ServerType;
import com.mongodb.event.ClusterDescriptionChangedEvent;
import com.mongodb.event.ClusterListener;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.types.ObjectId;

/**
 * One run of the feed and the streams: replicas that inject messages, the answers of LibreChat's
 * agent to these messages, and clients that listen.
 */
public final class FeedSimulation {

  private static final Duration PAUSE_OF_FAULTS = Duration.ofMillis(250);

  /** The number that decides about a fault is below this number. */
  private static final int DRAWN_BELOW = 24;

  /** A clock is up to 10 minutes, up to 20 s, or up to 4 s wrong. */
  private static final List<Long> SKEWS = List.of(600_000L, 4_000L, 4_000L, 20_000L);

  private static final ClusterId CLUSTER = new ClusterId("simulation");

  /** Longer than the time that a replay reaches back. */
  private static final Duration CALM = Duration.ofSeconds(45);

  private static final Duration LOOK = Duration.ofSeconds(1);

  /** The users, of which the owner of the inbound classes is the first. */
  private static final List<String> USERS =
      List.of(SimulatedLibreChat.OWNER, "65f000000000000000000002");

  private static final SimulatedReplica.Parts PARTS_ALONE =
      new SimulatedReplica.Parts(
          Map.of(),
          List.of("chat.switchboard.inbound.Sweeper#sweep"),
          List.of("chat.switchboard.stream.Subscriptions#onDatabaseBack"),
          beans -> {
            beans.instead("chat.switchboard.librechat.BearerTokens", SimulatedTokens.class);
            beans.instead(SimulatedFeed.class.getName(), SimulatedFeed.class);
            beans.instead(SimulatedStreams.class.getName(), SimulatedStreams.class);
            beans.put(SeenMessageListener.class, messages -> Uni.createFrom().voidItem());
          });

  /** One seed of so many is busy: the seeds in which {@link SimulatedOwner} acts. */
  private static final int BUSY_EVERY = 3;

  private static final List<String> BUSY_TASKS =
      List.of(
          "chat.switchboard.inbound.Sweeper#sweep", "chat.switchboard.stream.AccountWatch#look");

  private final long seed;
  private final World world;
  private final Faults faults;
  private final SplittableRandom choices;
  private final Happenings happenings;
  private final FeedJudge judge;
  private final SimulatedMongo mongo;
  private final SimulatedChangeStreams changes;
  private final SimulatedLibreChat libreChat;
  private final SimulatedReplica.Parts parts;
  private final Replicas replicas;
  private final List<SimulatedListener> listeners = new ArrayList<>();
  private final List<SimulatedCaller> callers = new ArrayList<>();
  private final Map<SimulatedReplica, List<ClusterListener>> drivers = new IdentityHashMap<>();

  /** Whether the server is a replica set. */
  private final boolean isSet;

  /** Whether the drivers notice an outage. */
  private final boolean isNoticed;

  private final boolean disconnects;
  private final boolean slowClients;
  private final boolean lateChanges;
  private final boolean lostHistory;

  /** What the users do in LibreChat besides. */
  private final SimulatedOwner owner;

  /**
   * Numbers of the busy seeds alone, which change no other number of the seed; null in the other
   * seeds.
   */
  private final SplittableRandom busy;

  /** Numbers of the hard seeds alone; null in the other seeds. */
  private final SplittableRandom hard;

  /** Whether new streams go to the replica that began last, as with the fewest connections. */
  private final boolean prefersNewest;

  /** Whether clients lose the connection about when a message comes. */
  private final boolean losesAtMessages;

  private SimulatedReplica newest;
  private int answers;
  private int ids;
  private int losses;

  private FeedSimulation(long seed, boolean recorded) {
    this.seed = seed;
    this.world = new World(seed, recorded);
    Bridge.enter(world);
    this.choices = world.choices();
    this.happenings = world.happenings();
    this.faults = new Faults(world, 0);
    this.isSet = choices.nextInt(4) > 0;
    this.isNoticed = choices.nextBoolean();
    this.disconnects = choices.nextInt(3) > 0;
    this.slowClients = choices.nextInt(3) == 0;
    this.lateChanges = choices.nextInt(3) == 0;
    this.lostHistory = choices.nextInt(3) == 0;
    this.busy = seed % BUSY_EVERY == 1 ? new SplittableRandom(31 * ~seed) : null;
    boolean isNewest = busy != null && busy.nextBoolean();
    this.hard = MidwayFaults.isHard(seed, 4, 8, 22) ? new SplittableRandom(17 * ~seed) : null;
    this.prefersNewest = hard != null && isNewest;
    this.losesAtMessages = hard != null || (busy != null && busy.nextBoolean());
    this.judge = new FeedJudge(world, listeners);
    this.mongo = new SimulatedMongo(world, faults, judge);
    this.libreChat = new SimulatedLibreChat(world, faults, mongo);
    this.changes = new SimulatedChangeStreams(world, mongo, isSet, judge);
    mongo.put(changes);
    this.replicas = new Replicas(world, faults, mongo, SKEWS, this::start, new Besides());
    this.parts =
        new SimulatedReplica.Parts(
            PARTS_ALONE.settings(),
            busy == null ? PARTS_ALONE.periodic() : BUSY_TASKS,
            PARTS_ALONE.observers(),
            beans -> {
              PARTS_ALONE.prepare().accept(beans);
              beans.put(Vertx.class, world.vertx().vertx());
              beans.put(
                  io.vertx.mutiny.core.Vertx.class,
                  new io.vertx.mutiny.core.Vertx(world.vertx().vertx()));
            });
    this.owner = new SimulatedOwner(world, mongo, libreChat, seed);
    judge.watch(mongo, replicas.all(), owner, this::perhapsAnswer, this::perhapsLoses);
  }

  /**
   * Runs a seed.
   *
   * @param recorded whether the history is wanted
   * @return the violations, then an empty line, then the figures and the history
   */
  public static List<String> run(long seed, boolean recorded) {
    FeedSimulation simulation = new FeedSimulation(seed, recorded);
    return Simulation.logging(simulation.world, recorded, simulation::run);
  }

  private List<String> run() {
    world.say("Seed %d: %s%s", seed, faults, traits());
    populate();
    if (hard != null) {
      mongo.put(new MidwayFaults(world, faults, replicas, hard.split(), this::perhapsOwnerActs));
    }
    if (busy != null) {
      owner.begin();
      planTurns();
    }
    faults.plan(PAUSE_OF_FAULTS, this::perhapsAnyFault);
    boolean[] over = new boolean[1];
    look(over);
    while (judge.violations().isEmpty() && !over[0] && world.step()) {
      // The next event has happened.
    }
    if (judge.violations().isEmpty()) {
      judge.checkAtRest();
    }
    if (judge.violations().isEmpty()) {
      listeners.forEach(SimulatedListener::leave);
      new Rest(world, mongo, replicas.all(), owner, true)
          .left()
          .forEach(one -> judge.violated("%s", one));
    }
    List<String> lines = new ArrayList<>(judge.violations());
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "seed %d (%s%s): %.1f virtual seconds, %d steps, %d commands, %d messages, %d events,"
                + " %d repeated, %d refetches",
            seed,
            faults,
            traits(),
            world.time().toNanos() / 1e9,
            world.steps(),
            mongo.commands(),
            judge.count(),
            judge.events,
            listeners.stream().mapToInt(one -> one.repeats).sum(),
            judge.refetches));
    lines.addAll(world.history());
    return lines;
  }

  private String traits() {
    return (isSet ? ", a replica set" : ", a standalone server")
        + (isNoticed ? ", outages are noticed" : "")
        + (disconnects ? ", disconnections" : "")
        + (slowClients ? ", slow clients" : "")
        + (lateChanges ? ", late changes" : "")
        + (lostHistory ? ", lost history" : "")
        + (busy != null ? ", LibreChat in use" : "")
        + (prefersNewest ? ", streams at the newest replica" : "")
        + (losesAtMessages ? ", disconnections at messages" : "")
        + (hard != null ? ", hard" : "");
  }

  /** The owner acts in the busy seeds alone. */
  private void perhapsOwnerActs(Duration time, SplittableRandom own) {
    if (busy != null) {
      owner.actsMeanwhile(time, own);
    }
  }

  /** Looks each second whether the run is over. */
  private void look(boolean[] over) {
    over[0] =
        faults.areOver()
            && callers.stream().allMatch(SimulatedCaller::isDone)
            && answers == 0
            && libreChat.isAtRest()
            && (judge.hadTime(faults.endedAt()) || judge.isAtRest());
    world.after(null, LOOK, () -> look(over));
  }

  private void populate() {
    replicas.start(choices, world::choices);
    if (hard != null && seed % 2 == 0) {
      beCalm();
    }
    List<String> conversations = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String conversationId = world.randomUuid().toString();
      conversations.add(conversationId);
      conversation(conversationId, USERS.get(i % USERS.size()));
    }
    mongo.insert(
        "users",
        new BsonDocument("_id", new BsonObjectId(new ObjectId(USERS.get(1))))
            .append("email", new BsonString("second@example.com")));
    int clients = 2 + choices.nextInt(4);
    for (int i = 1; i <= clients; i++) {
      // The first and the third conversation are of the same user.
      String only = i % USERS.size() == 0 && choices.nextInt(3) == 0 ? conversations.get(2) : null;
      SimulatedListener listener =
          new SimulatedListener(
              world, faults, judge, "client " + i, USERS.get(i % USERS.size()), only, doors());
      if (hard != null && hard.nextInt(4) > 0) {
        listener.stick();
      }
      listeners.add(listener);
      Duration delay = Duration.ofMillis(choices.nextLong(choices.nextBoolean() ? 2_000 : 25_000));
      if (happenings.happens(Kind.CLIENT, i, true)) {
        listener.begin(delay);
      }
    }
    int many = 2 + choices.nextInt(3);
    boolean rush = choices.nextInt(3) == 0;
    for (int i = 1; i <= many; i++) {
      SimulatedCaller caller =
          new SimulatedCaller(
              world,
              faults,
              SimulatedCaller.Kind.PROGRAM,
              i,
              new ToConversation(
                  UUID.fromString(conversations.get(choices.nextInt(conversations.size())))),
              1 + choices.nextInt(6),
              rush ? 250 : 8_000,
              replicas.balancer());
      callers.add(caller);
      caller.begin(Duration.ofMillis(choices.nextLong(rush ? 1_000 : 15_000)));
    }
  }

  /** The beginning of the first reader is so long ago that replays read entries alone. */
  private void beCalm() {
    Duration until = world.time().plus(CALM);
    world.after(null, CALM, () -> world.say("The calm time is over"));
    while (world.time().compareTo(until) < 0 && world.step()) {
      // The next event has happened.
    }
  }

  private SimulatedReplica start(String name, SimulatedReplica.SkewedClock clock) {
    SimulatedReplica replica = new SimulatedReplica(world, mongo, name, clock, libreChat, parts);
    newest = replica;
    world.as(
        replica,
        () -> {
          List<ClusterListener> listening =
              replica
                  .get(DatabaseWatch.class)
                  .customize(MongoClientSettings.builder())
                  .build()
                  .getClusterSettings()
                  .getClusterListeners();
          drivers.put(replica, listening);
          tell(replica, true);
          replica.streams();
          replica.feed().start();
        });
    return replica;
  }

  /** The driver of a replica notices that there is a primary, or none. */
  private void tell(SimulatedReplica replica, boolean hasPrimary) {
    ClusterType type = isSet ? ClusterType.REPLICA_SET : ClusterType.STANDALONE;
    ClusterDescription now = description(type, hasPrimary);
    ClusterDescriptionChangedEvent event =
        new ClusterDescriptionChangedEvent(CLUSTER, now, description(type, !hasPrimary));
    drivers.get(replica).forEach(one -> one.clusterDescriptionChanged(event));
  }

  private static ClusterDescription description(ClusterType type, boolean hasPrimary) {
    boolean isSet = type == ClusterType.REPLICA_SET;
    ServerType server =
        hasPrimary
            ? isSet ? ServerType.REPLICA_SET_PRIMARY : ServerType.STANDALONE
            : isSet ? ServerType.REPLICA_SET_SECONDARY : ServerType.UNKNOWN;
    return new ClusterDescription(
        ClusterConnectionMode.MULTIPLE,
        type,
        List.of(
            ServerDescription.builder()
                .address(new ServerAddress("mongo.simulation"))
                .type(server)
                .state(
                    server == ServerType.UNKNOWN
                        ? ServerConnectionState.CONNECTING
                        : ServerConnectionState.CONNECTED)
                .ok(server != ServerType.UNKNOWN)
                .build()));
  }

  private void conversation(String conversationId, String user) {
    BsonDateTime longAgo = new BsonDateTime(world.millis() - 3_600_000);
    mongo.insert(
        "conversations", SimulatedLibreChat.conversation(id(), conversationId, user, longAgo));
  }

  private BsonObjectId id() {
    return new BsonObjectId(new ObjectId(String.format("71%022x", ++ids)));
  }

  private Supplier<SimulatedReplica> doors() {
    Supplier<SimulatedReplica> any = replicas.balancer();
    return () -> prefersNewest && newest.isAlive() ? newest : any.get();
  }

  /** The owner asks, and in some seeds the other user deletes the account. */
  private void planTurns() {
    List<String> own =
        mongo.find("conversations", new BsonDocument("user", new BsonString(USERS.get(0)))).stream()
            .map(one -> one.getString("conversationId").getValue())
            .toList();
    int turns = busy.nextInt(4);
    for (int i = 0; i < turns; i++) {
      String conversationId = own.get(busy.nextInt(own.size()));
      Duration generation = Duration.ofMillis(500 + busy.nextLong(8_000));
      Duration delay = Duration.ofMillis(busy.nextLong(30_000));
      if (happenings.happens(Kind.QUESTION_OF_THE_OWNER, true)) {
        world.after(null, delay, () -> libreChat.ask(conversationId, generation));
      }
    }
    boolean deletes = busy.nextInt(4) == 0;
    Duration delay = Duration.ofMillis(busy.nextLong(30_000));
    if (happenings.happens(Kind.DELETED_ACCOUNT, deletes)) {
      world.after(null, delay, () -> deleteAccount(USERS.get(1)));
    }
  }

  /** LibreChat deletes what the user has, and the user last. */
  private void deleteAccount(String user) {
    world.say("LibreChat deletes the account of %s", user);
    BsonDocument all = new BsonDocument("user", new BsonString(user));
    mongo
        .find("conversations", all)
        .forEach(
            one ->
                owner
                    .deletedConversations()
                    .put(one.getString("conversationId").getValue(), world.nanoTime()));
    mongo.delete("conversations", all);
    mongo.delete("messages", all);
    mongo.delete("users", new BsonDocument("_id", new BsonObjectId(new ObjectId(user))));
    judge.deletes(user);
  }

  /** A client loses the connection about when a message comes, and is soon back. */
  private void perhapsLoses(String user) {
    if (!losesAtMessages || faults.areOver()) {
      return;
    }
    SplittableRandom own = hard != null ? hard : busy;
    for (SimulatedListener listener : listeners) {
      boolean loses = own.nextInt(3) == 0;
      Duration when = Duration.ofMillis(own.nextLong(hard != null ? 15 : 60));
      Duration unnoticed = Duration.ofMillis(own.nextLong(20));
      Duration away = Duration.ofMillis(own.nextLong(own.nextInt(4) == 0 ? 3_000 : 60));
      if (listener.user.equals(user)
          && happenings.happens(Kind.DISCONNECTION, 10_000 + ++losses, loses)) {
        world.after(null, when, () -> listener.disconnect(unnoticed, away));
      }
    }
  }

  /** LibreChat's agent answers some messages from outside. */
  private void perhapsAnswer(BsonDocument question) {
    SplittableRandom own = world.choices();
    if (!happenings.happens(Kind.ANSWER_OF_THE_AGENT, own.nextInt(3) > 0)) {
      return;
    }
    answers++;
    world.after(null, Duration.ofMillis(50 + own.nextLong(2_000)), () -> answer(question, own));
  }

  private void answer(BsonDocument question, SplittableRandom own) {
    boolean atOnce = own.nextInt(4) == 0;
    BsonObjectId id = id();
    // The date is older than the write.
    long at = world.millis() - own.nextLong(800);
    mongo.insert(
        "messages",
        new BsonDocument("_id", id)
            .append("messageId", new BsonString(world.randomUuid().toString()))
            .append("conversationId", question.get("conversationId"))
            .append("user", question.get("user"))
            .append("parentMessageId", question.get("messageId"))
            .append("isCreatedByUser", BsonBoolean.FALSE)
            .append("text", new BsonString("an answer"))
            .append("unfinished", BsonBoolean.valueOf(!atOnce))
            .append("createdAt", new BsonDateTime(at))
            .append("updatedAt", new BsonDateTime(at))
            .append("__v", new BsonInt32(0)));
    if (atOnce) {
      answers--;
      return;
    }
    world.after(
        null,
        Duration.ofMillis(own.nextLong(own.nextInt(3) == 0 ? 20_000 : 2_000)),
        () -> {
          answers--;
          mongo.set(
              "messages",
              new BsonDocument("_id", id),
              new BsonDocument("unfinished", BsonBoolean.FALSE)
                  .append("text", new BsonString("the whole answer"))
                  .append("updatedAt", new BsonDateTime(world.millis())));
        });
  }

  private void perhapsAnyFault(int number, SplittableRandom own) {
    if (number % 2 == 0) {
      perhapsFault(number, own);
    } else {
      perhapsClientFault(number, own);
    }
  }

  private void perhapsFault(int number, SplittableRandom own) {
    Replicas.Occasion at = replicas.occasion(number, DRAWN_BELOW, own);
    if (replicas.perhapsFault(at, own)) {
      return;
    }
    int drawn = at.drawn();
    if (replicas.happens(Kind.LOST_CURSOR, at, isSet && drawn == 8)) {
      SimulatedReplica replica = replicas.all().get(at.replica());
      world.say("The cursors of %s are lost", replica.name());
      changes.loseCursors(of -> of == replica);
    } else if (replicas.happens(Kind.LOST_HISTORY, at, lostHistory && drawn == 9)) {
      changes.loseHistory();
      changes.loseCursors(of -> own.nextBoolean());
    } else if (replicas.happens(Kind.LATE_CHANGES, at, lateChanges && drawn == 10)) {
      changes.delay(Duration.ofMillis(at.time().toMillis() / 2));
    }
  }

  /** What clients and drivers notice of a fault. */
  private final class Besides implements Replicas.Besides {

    @Override
    public void died(SimulatedReplica replica, SplittableRandom own) {
      boolean isLost = own.nextBoolean();
      Duration noticed = Duration.ofMillis(own.nextLong(own.nextInt(4) == 0 ? 20_000 : 500));
      listeners.forEach(one -> one.died(replica, isLost, noticed));
      drivers.remove(replica);
    }

    @Override
    public boolean failsOver() {
      return isSet;
    }

    @Override
    public void isAway(Duration time, SplittableRandom own) {
      notice(time, own);
    }
  }

  /** The drivers notice an outage at their heartbeats, and the end of the outage. */
  private void notice(Duration time, SplittableRandom own) {
    if (!isNoticed) {
      return;
    }
    for (SimulatedReplica replica : replicas.all()) {
      Duration heartbeat = Duration.ofMillis(own.nextLong(2_000));
      if (heartbeat.compareTo(time) < 0) {
        world.after(replica, heartbeat, () -> tell(replica, false));
        world.after(
            replica, time.plus(Duration.ofMillis(own.nextLong(2_000))), () -> tell(replica, true));
      }
    }
  }

  private void perhapsClientFault(int occasion, SplittableRandom own) {
    int drawn = own.nextInt(12);
    SimulatedListener listener = listeners.get(own.nextInt(listeners.size()));
    Duration time = Duration.ofMillis(own.nextLong(own.nextInt(3) == 0 ? 15_000 : 1_000));
    if (happenings.happens(Kind.DISCONNECTION, occasion, disconnects && drawn < 3)) {
      Duration unnoticed = Duration.ofMillis(own.nextLong(own.nextInt(3) == 0 ? 12_000 : 20));
      listener.disconnect(unnoticed, time);
    } else if (happenings.happens(Kind.SLOW_CLIENT, occasion, slowClients && drawn == 3)) {
      listener.slow(time);
    }
  }
}
