package chat.switchboard.simulation;

import chat.switchboard.inbound.InboundMessage.Destination;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.routing.Contact;
import chat.switchboard.simulation.Happenings.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** One run: replicas, callers, an owner and faults, all of them from the seed. */
public final class Simulation {

  /** When the faults end. */
  private static final Duration BAD_TIME = Duration.ofSeconds(30);

  /** How long the messages of a run may take after the faults have ended. */
  private static final Duration LONGEST_REST = Duration.ofMinutes(30);

  /** The last check of a branch follows 10 s after the write. */
  private static final Duration AFTER_REST = Duration.ofSeconds(12);

  private final long seed;
  private final World world;
  private final Faults faults;
  private final Happenings happenings;
  private final SplittableRandom choices;
  private final Judge judge;
  private final SimulatedMongo mongo;
  private final SimulatedLibreChat libreChat;
  private final SimulatedOwner owner;
  private final List<SimulatedReplica> replicas = new ArrayList<>();
  private final List<SimulatedCaller> callers = new ArrayList<>();
  private final List<String> conversations = new ArrayList<>();

  private Simulation(long seed, boolean recorded) {
    this.seed = seed;
    this.world = new World(seed, recorded);
    Bridge.enter(world);
    this.choices = world.choices();
    this.happenings = world.happenings();
    this.faults = new Faults(world, seed);
    this.judge = new Judge(world, callers);
    this.mongo = new SimulatedMongo(world, faults, judge);
    this.libreChat = new SimulatedLibreChat(world, faults, mongo);
    this.owner = new SimulatedOwner(world, mongo, libreChat, seed);
    judge.watch(mongo, libreChat, owner);
  }

  /**
   * Runs a seed.
   *
   * @param recorded whether the history is wanted
   * @return the violations, then an empty line, then the figures and the history
   */
  public static List<String> run(long seed, boolean recorded) {
    Simulation simulation = new Simulation(seed, recorded);
    return logging(simulation.world, recorded, simulation::run);
  }

  /** Runs with the warnings of the service in the history alone. */
  static List<String> logging(World world, boolean recorded, Supplier<List<String>> run) {
    Logger logger = Logger.getLogger("chat.switchboard");
    Level level = logger.getLevel();
    boolean useParents = logger.getUseParentHandlers();
    Handler handler = new LogLines(world);
    logger.setLevel(recorded ? Level.WARNING : Level.OFF);
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
    try {
      return run.get();
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(useParents);
      logger.setLevel(level);
    }
  }

  /** Writes the warnings of the service into the history. */
  private static final class LogLines extends Handler {
    private final World world;

    LogLines(World world) {
      this.world = world;
    }

    @Override
    public void publish(LogRecord line) {
      world.say("log  %s: %s", line.getLevel(), line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private List<String> run() {
    world.say("Seed %d: %s", seed, faults);
    populate();
    planFaults();
    owner.begin();
    while (judge.violations().isEmpty() && !isOver()) {
      if (!world.step()) {
        break;
      }
      judge.check();
    }
    if (judge.violations().isEmpty()) {
      judge.checkAtRest();
    }
    if (judge.violations().isEmpty()) {
      new Rest(world, mongo, replicas, owner).left().forEach(one -> judge.violated("%s", one));
    }
    List<String> lines = new ArrayList<>(judge.violations());
    lines.add("");
    lines.add(
        String.format(
            java.util.Locale.ROOT,
            "seed %d (%s): %.1f virtual seconds, %d steps, %d commands",
            seed,
            faults,
            world.time().toNanos() / 1e9,
            world.steps(),
            mongo.commands()));
    lines.addAll(world.history());
    return lines;
  }

  private Duration restedAt;

  private boolean isOver() {
    if (!faults.areOver()) {
      return false;
    }
    if (world.time().compareTo(BAD_TIME.plus(LONGEST_REST)) > 0) {
      return true;
    }
    boolean rests =
        callers.stream().allMatch(SimulatedCaller::isDone)
            && libreChat.isAtRest()
            && judge.isAtRest();
    if (!rests) {
      restedAt = null;
      return false;
    }
    if (restedAt == null) {
      restedAt = world.time();
    }
    return world.time().minus(restedAt).compareTo(AFTER_REST) > 0;
  }

  private void populate() {
    int count = happenings.happens(Kind.THIRD_REPLICA, choices.nextInt(2) == 1) ? 3 : 2;
    for (int i = 1; i <= count; i++) {
      SimulatedReplica.SkewedClock clock = new SimulatedReplica.SkewedClock(world);
      SplittableRandom own = world.choices();
      if (happenings.happens(Kind.WRONG_CLOCK, i, faults.clocks)) {
        setClock(clock, own);
      }
      replicas.add(new SimulatedReplica(world, mongo, "r" + i, clock, libreChat));
    }
    int existing = 1 + choices.nextInt(2);
    for (int i = 0; i < existing; i++) {
      String conversationId = world.randomUuid().toString();
      conversations.add(conversationId);
      libreChat.conversation(conversationId, choices.nextInt(5));
    }
    int many = 2 + choices.nextInt(4);
    boolean rush = choices.nextInt(3) == 0;
    for (int i = 1; i <= many; i++) {
      SimulatedCaller.Kind kind = SimulatedCaller.Kind.values()[choices.nextInt(3)];
      boolean person =
          kind == SimulatedCaller.Kind.TWILIO
              || (kind == SimulatedCaller.Kind.PROGRAM && choices.nextInt(4) == 0);
      Destination destination =
          person
              ? new ToContact(
                  new Contact(
                      "+1555010" + (1000 + choices.nextInt(2)), Optional.of("+15550000"), "sms"))
              : new ToConversation(
                  UUID.fromString(conversations.get(choices.nextInt(conversations.size()))));
      SimulatedCaller caller =
          new SimulatedCaller(
              world,
              faults,
              kind,
              i,
              destination,
              1 + choices.nextInt(rush ? 9 : 5),
              rush ? 250 : 6_000,
              balancer());
      callers.add(caller);
      caller.begin(Duration.ofMillis(choices.nextLong(rush ? 1_000 : 12_000)));
    }
    int turns = Math.max(choices.nextInt(5), faults.longAnswers ? 1 : 0);
    for (int i = 0; i < turns; i++) {
      String conversationId = conversations.get(choices.nextInt(conversations.size()));
      Duration usual = Duration.ofMillis(500 + choices.nextLong(15_000));
      Duration generation = i == 0 && faults.longAnswers ? faults.longAnswer() : usual;
      Duration delay = Duration.ofMillis(choices.nextLong(35_000));
      if (happenings.happens(Kind.QUESTION_OF_THE_OWNER, true)) {
        world.after(null, delay, () -> libreChat.ask(conversationId, generation));
      }
    }
  }

  private Supplier<SimulatedReplica> balancer() {
    SplittableRandom own = world.choices();
    return () -> {
      List<SimulatedReplica> alive = replicas.stream().filter(SimulatedReplica::isAlive).toList();
      return alive.isEmpty() ? null : alive.get(own.nextInt(alive.size()));
    };
  }

  private static void setClock(SimulatedReplica.SkewedClock clock, SplittableRandom own) {
    long most = own.nextInt(4) == 0 ? 600_000 : 20_000;
    clock.set(own.nextLong(2 * most) - most, own.nextInt(3) == 0 ? 0.001 : 0);
  }

  private void planFaults() {
    SplittableRandom own = world.choices();
    for (int i = 1; i < BAD_TIME.toMillis() / 500; i++) {
      int occasion = i;
      SplittableRandom its = own.split();
      world.after(null, Duration.ofMillis(500L * i), () -> perhapsFault(occasion, its));
    }
    world.after(null, BAD_TIME, faults::end);
  }

  private void perhapsFault(int occasion, SplittableRandom own) {
    int drawn = own.nextInt(24);
    int index = own.nextInt(replicas.size());
    SimulatedReplica replica = replicas.get(index);
    Duration time = Duration.ofMillis(100 + own.nextLong(own.nextInt(3) == 0 ? 40_000 : 3_000));
    if (replica.isAlive() && happens(Kind.DEATH, occasion, drawn < 2 && faults.deaths)) {
      replica.die();
      world.after(null, time, () -> comeBack(index));
    } else if (replica.isAlive()
        && happens(Kind.FREEZE, occasion, drawn >= 2 && drawn < 4 && faults.freezes)) {
      replica.freeze(time);
    } else if (happens(Kind.OUTAGE, occasion, drawn == 4 && faults.outages)) {
      mongo.outage(time);
    } else if (happens(Kind.FAIL_OVER, occasion, drawn == 5 && faults.failOvers)) {
      Set<SimulatedReplica> behind =
          replicas.stream().filter(one -> own.nextBoolean()).collect(Collectors.toSet());
      mongo.failOver(behind, Duration.ofMillis(100 + own.nextLong(3_000)));
    } else if (happens(Kind.WRONG_CLOCK, 100 + occasion, drawn == 6 && faults.clocks)) {
      world.say("The clock of %s is set", replica.name());
      setClock(replica.clock(), own);
    } else if (happens(Kind.SILENT_LIBRECHAT, occasion, drawn == 7 && faults.statusFails)) {
      libreChat.silence(time);
    }
  }

  private boolean happens(Kind kind, int occasion, boolean drawn) {
    return happenings.happens(kind, occasion, drawn);
  }

  private void comeBack(int index) {
    SimulatedReplica dead = replicas.get(index);
    world.say("%s comes back", dead.name());
    replicas.set(index, new SimulatedReplica(world, mongo, dead.name(), dead.clock(), libreChat));
  }
}
