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
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.bson.BsonDocument;

/** One run: replicas, callers, an owner and faults, all of them from the seed. */
public final class Simulation {

  private static final Duration PAUSE_OF_FAULTS = Duration.ofMillis(500);

  /** The number that decides about a fault is below this number. */
  private static final int DRAWN_BELOW = 24;

  /** A clock is up to 10 minutes wrong, or up to 20 s. */
  static final List<Long> SKEWS = List.of(600_000L, 20_000L, 20_000L, 20_000L);

  /** LibreChat's clock is up to so many milliseconds ahead, in half of the hard seeds. */
  private static final int LONGEST_AHEAD = 3_000;

  /** The longest pause of a caller that sends the next message at once, in milliseconds. */
  private static final int AT_ONCE = 5;

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
  private final Replicas replicas;
  private final List<SimulatedCaller> callers = new ArrayList<>();
  private final List<String> conversations = new ArrayList<>();

  /** Numbers of the hard seeds alone; null in the other seeds. */
  private final SplittableRandom hard;

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
    this.replicas =
        new Replicas(
            world,
            faults,
            mongo,
            SKEWS,
            (name, clock) -> new SimulatedReplica(world, mongo, name, clock, libreChat),
            new Replicas.Besides() {});
    this.hard = MidwayFaults.isHard(seed, 5, 16, 23) ? new SplittableRandom(17 * ~seed) : null;
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
    if (hard != null) {
      mongo.put(new MidwayFaults(world, faults, replicas, hard.split(), owner::actsMeanwhile));
    }
    faults.plan(PAUSE_OF_FAULTS, this::perhapsFault);
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
      new Rest(world, mongo, replicas.all(), owner)
          .left()
          .forEach(one -> judge.violated("%s", one));
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
    if (world.time().compareTo(Faults.BAD_TIME.plus(LONGEST_REST)) > 0) {
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
    replicas.start(choices, world::choices);
    if (hard != null && hard.nextBoolean()) {
      libreChat.setAhead(hard.nextLong(LONGEST_AHEAD));
    }
    boolean hurries = hard != null && hard.nextBoolean();
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
              hurries ? AT_ONCE : rush ? 250 : 6_000,
              replicas.balancer());
      callers.add(caller);
      caller.begin(Duration.ofMillis(choices.nextLong(rush ? 1_000 : 12_000)));
    }
    if (hard != null && hard.nextInt(3) == 0) {
      int index = many + 1;
      SplittableRandom own = hard.split();
      Duration later = Duration.ofMillis(1_000 + own.nextLong(8_000));
      world.after(null, later, () -> streamInto(index, own));
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

  /** A program writes many messages, into the conversation of a person if there is one. */
  private void streamInto(int index, SplittableRandom own) {
    List<BsonDocument> mappings = mongo.find("switchboard_mappings", new BsonDocument());
    String conversationId =
        mappings.isEmpty()
            ? conversations.get(own.nextInt(conversations.size()))
            : mappings.get(0).getString("conversationId").getValue();
    SimulatedCaller.Kind kind =
        own.nextBoolean() ? SimulatedCaller.Kind.PROGRAM : SimulatedCaller.Kind.WITHOUT_KEY;
    SimulatedCaller caller =
        new SimulatedCaller(
            world,
            faults,
            kind,
            index,
            new ToConversation(UUID.fromString(conversationId)),
            6 + own.nextInt(10),
            1_000,
            replicas.balancer());
    callers.add(caller);
    caller.begin(Duration.ZERO);
  }

  private void perhapsFault(int number, SplittableRandom own) {
    Replicas.Occasion at = replicas.occasion(number, DRAWN_BELOW, own);
    if (!replicas.perhapsFault(at, own)
        && replicas.happens(Kind.SILENT_LIBRECHAT, at, at.drawn() == 7 && faults.statusFails)) {
      libreChat.silence(at.time());
    }
  }
}
