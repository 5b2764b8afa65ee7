package chat.switchboard.simulation;

import chat.switchboard.api.SimulatedOrders;
import chat.switchboard.librechat.SimulatedAgent;
import chat.switchboard.simulation.Happenings.Kind;
import chat.switchboard.twilio.SimulatedCarrier;
import chat.switchboard.twilio.SimulatedWebhooks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.bson.BsonDocument;

/** One run of the outbound classes: replicas, programs that send texts, people, and Twilio. */
public final class OutboundSimulation {

  static final String ACCOUNT = "AC00000000000000000000000000000001";
  static final int MOST_ATTEMPTS = 20;

  private static final int FIRST_INTERRUPTION = 1_000;

  private static final String SERVICE = "+12025550100";

  private static final Duration PAUSE_OF_FAULTS = Duration.ofMillis(500);

  /** The number that decides about a fault is below this number. */
  private static final int DRAWN_BELOW = 20;

  /** How long the texts of a run may take after the faults have ended. */
  private static final Duration LONGEST_REST = Duration.ofMinutes(30);

  private static final SimulatedReplica.Parts PARTS_ALONE =
      new SimulatedReplica.Parts(
          Map.ofEntries(
              Map.entry("switchboard.spend.person-segments-per-day", "5000"),
              Map.entry("switchboard.twilio.account-sid", ACCOUNT),
              Map.entry("switchboard.twilio.auth-tokens", "a token of the simulation"),
              Map.entry("switchboard.twilio.from", SERVICE),
              Map.entry("switchboard.public-url", "https://switchboard.simulation"),
              Map.entry("switchboard.outbox.segments-per-second", "4"),
              Map.entry("switchboard.outbox.max-attempts", String.valueOf(MOST_ATTEMPTS)),
              Map.entry("switchboard.outbox.max-backoff", "5s"),
              Map.entry("switchboard.outbox.callback-timeout", "30s"),
              Map.entry("switchboard.replies.auto", "true"),
              Map.entry("switchboard.replies.timeout", "20s"),
              Map.entry("switchboard.replies.max-backoff", "5s")),
          List.of(
              "chat.switchboard.inbound.Sweeper#sweep",
              "chat.switchboard.outbound.Dispatcher#sweep",
              "chat.switchboard.outbound.Dispatcher#settle",
              "chat.switchboard.outbound.HeldTexts#sweep",
              "chat.switchboard.replies.ReplySweeper#sweep"),
          List.of(
              "chat.switchboard.outbound.Dispatcher#onQueued",
              "chat.switchboard.outbound.HeldTexts#onWindowOpened",
              "chat.switchboard.replies.ReplyWorker#onWanted"),
          beans -> {
            beans.instead("chat.switchboard.outbound.Carrier", SimulatedCarrier.class);
            beans.instead("chat.switchboard.librechat.AgentClient", SimulatedAgent.class);
            beans.instead(SimulatedOrders.class.getName(), SimulatedOrders.class);
            beans.instead(SimulatedWebhooks.class.getName(), SimulatedWebhooks.class);
            beans.door("chat.switchboard.twilio.WebhookDoor");
            beans.door("chat.switchboard.twilio.StatusDoor");
          });

  private final long seed;
  private final World world;
  private final Faults faults;
  private final SplittableRandom choices;
  private final OutboundJudge judge;
  private final SimulatedMongo mongo;
  private final SimulatedLibreChat libreChat;
  private final SimulatedTwilio twilio;
  private final SimulatedAnswers answers;
  private final SimulatedReplica.Parts parts;
  private final Replicas replicas;
  private final List<SimulatedTexter> texters = new ArrayList<>();
  private final List<SimulatedPerson> people = new ArrayList<>();

  /** Numbers of the hard seeds alone; null in the other seeds. */
  private final SplittableRandom hard;

  private int interruptions;
  private int questions;

  private OutboundSimulation(long seed, boolean recorded) {
    this.seed = seed;
    this.world = new World(seed, recorded);
    Bridge.enter(world);
    this.choices = world.choices();
    this.faults = new Faults(world, 0);
    this.judge = new OutboundJudge(world, texters, people);
    this.mongo = new SimulatedMongo(world, faults, judge);
    this.libreChat = new SimulatedLibreChat(world, faults, mongo);
    this.replicas =
        new Replicas(
            world,
            faults,
            mongo,
            Simulation.SKEWS,
            this::start,
            new Replicas.Besides() {
              @Override
              public int firstFreeze() {
                return faults.deaths ? 2 : 0;
              }
            });
    this.twilio = new SimulatedTwilio(world, faults, judge, replicas.balancer());
    world.put(twilio);
    this.answers = new SimulatedAnswers(world, faults, libreChat, judge);
    this.parts =
        new SimulatedReplica.Parts(
            PARTS_ALONE.settings(),
            PARTS_ALONE.periodic(),
            PARTS_ALONE.observers(),
            beans -> {
              PARTS_ALONE.prepare().accept(beans);
              beans.put(SimulatedCarrier.Road.class, twilio);
              beans.put(SimulatedAgent.Run.class, answers);
            });
    judge.watch(mongo, twilio);
    this.hard = MidwayFaults.isHard(seed, 3, 21) ? new SplittableRandom(17 * ~seed) : null;
    if (hard != null) {
      mongo.put(new MidwayFaults(world, faults, replicas, hard.split(), this::meanwhile));
      answers.onBegin(this::perhapsInterrupts);
    }
  }

  /**
   * While a replica is out, the owner or a person asks something; in the even seeds, the person
   * opts out.
   */
  private void meanwhile(Duration time, SplittableRandom own) {
    SimulatedPerson person = people.get(own.nextInt(people.size()));
    Duration after = MidwayFaults.within(time, own);
    Duration pause = Duration.ofMillis(500 + own.nextLong(3_000));
    int drawn = own.nextInt(6);
    boolean stops = seed % 2 == 0;
    if (drawn < 2 && stops) {
      person.writes(after, List.of("STOP"), pause);
    } else if (drawn < 3) {
      String question = "question m" + ++questions + " of " + person.number;
      person.writes(after, stops ? List.of(question, "STOP") : List.of(question), pause);
    } else if (drawn == 3 && world.happenings().happens(Kind.QUESTION_OF_THE_OWNER, true)) {
      world.after(null, after, () -> ownerAsks(pause, own));
    }
  }

  /** The owner asks something while LibreChat generates an answer of the agent. */
  private void perhapsInterrupts(String conversationId) {
    boolean interrupts = hard.nextInt(4) == 0;
    Duration after = Duration.ofMillis(100 + hard.nextLong(4_000));
    Duration generation = Duration.ofMillis(500 + hard.nextLong(4_000));
    if (!faults.areOver()
        && world
            .happenings()
            .happens(
                Kind.QUESTION_OF_THE_OWNER, FIRST_INTERRUPTION + ++interruptions, interrupts)) {
      world.after(null, after, () -> libreChat.ask(conversationId, generation));
    }
  }

  /**
   * Runs a seed.
   *
   * @param recorded whether the history is wanted
   * @return the violations, then an empty line, then the figures and the history
   */
  public static List<String> run(long seed, boolean recorded) {
    OutboundSimulation simulation = new OutboundSimulation(seed, recorded);
    return Simulation.logging(simulation.world, recorded, simulation::run);
  }

  private List<String> run() {
    world.say("Seed %d: %s%s%s", seed, faults, twilio, answers);
    populate();
    planFaults();
    while (judge.violations().isEmpty() && !isOver()) {
      if (!world.step()) {
        break;
      }
    }
    if (judge.violations().isEmpty()) {
      judge.checkAtRest();
    }
    if (judge.violations().isEmpty()) {
      new Rest(world, mongo, replicas.all(), new SimulatedOwner(world, mongo, libreChat, seed))
          .left()
          .forEach(one -> judge.violated("%s", one));
    }
    List<String> lines = new ArrayList<>(judge.violations());
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "seed %d (%s%s%s): %.1f virtual seconds, %d steps, %d commands, %d hand-overs, replies %s",
            seed,
            faults,
            twilio,
            answers,
            world.time().toNanos() / 1e9,
            world.steps(),
            mongo.commands(),
            twilio.handOvers().size(),
            judge.ends()));
    lines.addAll(world.history());
    return lines;
  }

  private boolean isOver() {
    if (!faults.areOver()) {
      return false;
    }
    return world.time().compareTo(Faults.BAD_TIME.plus(LONGEST_REST)) > 0
        || (texters.stream().allMatch(SimulatedTexter::isDone)
            && people.stream().allMatch(SimulatedPerson::isDone)
            && judge.isAtRest());
  }

  private void populate() {
    replicas.start(choices, () -> choices);
    String conversationId = world.randomUuid().toString();
    libreChat.conversation(conversationId, 2);
    int known = 1 + choices.nextInt(2);
    for (int i = 0; i < known; i++) {
      SimulatedPerson person =
          new SimulatedPerson(
              world, faults, twilio, i, "+1202555017" + i, SERVICE, replicas.balancer());
      people.add(person);
      perhapsStops(person);
    }
    perhapsOwnerAsks();
    int many = 1 + choices.nextInt(4);
    boolean rush = choices.nextInt(3) == 0;
    for (int i = 1; i <= many; i++) {
      SimulatedTexter texter =
          new SimulatedTexter(
              world,
              faults,
              i,
              people.get(choices.nextInt(known)).number,
              SERVICE,
              conversationId,
              1 + choices.nextInt(rush ? 7 : 4),
              rush ? 250 : 6_000,
              replicas.balancer());
      texters.add(texter);
      texter.begin(Duration.ofMillis(choices.nextLong(rush ? 1_000 : 12_000)));
    }
  }

  private void perhapsStops(SimulatedPerson person) {
    int drawn = choices.nextInt(5);
    Duration pause = Duration.ofMillis(500 + choices.nextLong(10_000));
    List<String> words = new ArrayList<>();
    if (drawn < 2) {
      words.addAll(drawn == 0 ? List.of("STOP") : List.of("STOP", "START"));
    } else if (drawn < 4) {
      int many = 1 + choices.nextInt(4);
      for (int i = 1; i <= many; i++) {
        words.add("question " + i + " of " + person.number);
      }
      if (choices.nextInt(4) == 0) {
        words.add(choices.nextInt(words.size()), "STOP");
      }
    } else {
      return;
    }
    person.writes(Duration.ofMillis(choices.nextLong(20_000)), words, pause);
  }

  private void perhapsOwnerAsks() {
    int turns = choices.nextInt(4) - 1;
    for (int i = 0; i < turns; i++) {
      Duration generation = Duration.ofMillis(500 + choices.nextLong(8_000));
      SplittableRandom own = world.choices();
      Duration delay = Duration.ofMillis(5_000 + choices.nextLong(25_000));
      if (world.happenings().happens(Kind.QUESTION_OF_THE_OWNER, true)) {
        world.after(null, delay, () -> ownerAsks(generation, own));
      }
    }
  }

  private void ownerAsks(Duration generation, SplittableRandom own) {
    List<String> all =
        mongo.find("conversations", new BsonDocument()).stream()
            .map(one -> one.getString("conversationId").getValue())
            .toList();
    libreChat.ask(all.get(own.nextInt(all.size())), generation);
  }

  private SimulatedReplica start(String name, SimulatedReplica.SkewedClock clock) {
    return new SimulatedReplica(world, mongo, name, clock, libreChat, parts);
  }

  private void planFaults() {
    SplittableRandom own = world.choices();
    world.after(null, PAUSE_OF_FAULTS, () -> perhapsFault(1, own));
    world.after(null, Faults.BAD_TIME, faults::end);
  }

  /** The moments of a run share their numbers: all are drawn, whether or not a fault happens. */
  private void perhapsFault(int number, SplittableRandom own) {
    if (faults.areOver()) {
      return;
    }
    Replicas.Occasion at = replicas.occasion(number, DRAWN_BELOW, own);
    boolean restarts = at.drawn() == 8 && faults.statusFails;
    Duration down = Duration.ofMillis(100 + (restarts ? own.nextLong(5_000) : 0));
    if (!replicas.perhapsFault(at, choices)) {
      if (replicas.happens(Kind.SILENT_LIBRECHAT, at, at.drawn() == 7 && faults.statusFails)) {
        libreChat.silence(at.time());
      } else if (replicas.happens(Kind.RESTART_OF_LIBRECHAT, at, restarts)) {
        answers.restart(down);
      }
    }
    world.after(null, PAUSE_OF_FAULTS, () -> perhapsFault(number + 1, own));
  }
}
