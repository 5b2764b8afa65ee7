package chat.switchboard.simulation;

import chat.switchboard.simulation.Happenings.Kind;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/**
 * The faults of a run. Each seed has some kinds of faults and not others, so that rare combinations
 * come up.
 */
final class Faults {

  /** What happens to a command on its way. */
  enum Network {
    NOTHING,
    COMMAND_LOST,
    RESPONSE_LOST,
    COMMAND_LATE
  }

  /** When the faults end. */
  static final Duration BAD_TIME = Duration.ofSeconds(30);

  /** One seed of so many has a long answer. */
  private static final int LONG_ANSWERS_EVERY = 32;

  private final Happenings happenings;

  private final World world;
  private final double lost;
  private final double unanswered;
  private final double late;
  private final long slowest;
  final boolean deaths;
  final boolean freezes;
  final boolean outages;
  final boolean failOvers;
  final boolean clocks;
  final boolean statusFails;
  private boolean over;
  private long endedAt;
  private long commands;

  /** Whether the first answer takes longer than a message waits for an answer. */
  final boolean longAnswers;

  /** Numbers of the long answers alone: these answers change no other number of the seed. */
  private final SplittableRandom rare;

  Faults(World world, long seed) {
    this.world = world;
    this.rare = new SplittableRandom(seed);
    this.longAnswers = seed % LONG_ANSWERS_EVERY == LONG_ANSWERS_EVERY - 3;
    this.happenings = world.happenings();
    SplittableRandom choices = world.choices();
    this.lost = choices.nextInt(3) == 0 ? 0.03 : 0;
    this.unanswered = choices.nextInt(3) == 0 ? 0.03 : 0;
    this.late = choices.nextInt(4) == 0 ? 0.01 : 0;
    this.slowest = happenings.happens(Kind.SLOW_NETWORK, choices.nextInt(3) == 0) ? 200 : 12;
    this.deaths = choices.nextInt(2) == 0;
    this.freezes = choices.nextInt(3) == 0;
    this.outages = choices.nextInt(4) == 0;
    this.failOvers = choices.nextInt(4) == 0;
    this.clocks = choices.nextInt(3) == 0;
    this.statusFails = choices.nextInt(4) == 0;
  }

  /**
   * Plans moments at which a fault may happen, in the bad time, each with random numbers of its
   * own, and the end of the faults.
   *
   * @param perhapsFault gets the number of the moment, from 1 on
   */
  void plan(Duration pause, BiConsumer<Integer, SplittableRandom> perhapsFault) {
    SplittableRandom own = world.choices();
    for (int i = 1; i < BAD_TIME.toMillis() / pause.toMillis(); i++) {
      int occasion = i;
      SplittableRandom its = own.split();
      world.after(null, pause.multipliedBy(i), () -> perhapsFault.accept(occasion, its));
    }
    world.after(null, BAD_TIME, this::end);
  }

  /** Ends the faults: from now on everything works. */
  void end() {
    over = true;
    endedAt = world.nanoTime();
    world.say("The faults end");
  }

  boolean areOver() {
    return over;
  }

  /** The monotonic time at which the faults ended. */
  long endedAt() {
    return endedAt;
  }

  Duration latency(SplittableRandom choices) {
    return Duration.ofNanos(300_000 + choices.nextLong((over ? 5 : slowest) * 1_000_000));
  }

  Network network(SplittableRandom choices) {
    double drawn = choices.nextDouble();
    if (over) {
      return Network.NOTHING;
    }
    long number = ++commands;
    if (happenings.happens(Kind.LOST_COMMAND, number, drawn < lost)) {
      return Network.COMMAND_LOST;
    }
    boolean isUnanswered = drawn >= lost && drawn < lost + unanswered;
    if (happenings.happens(Kind.LOST_RESPONSE, number, isUnanswered)) {
      return Network.RESPONSE_LOST;
    }
    boolean isLate = drawn >= lost + unanswered && drawn < lost + unanswered + late;
    return happenings.happens(Kind.LATE_COMMAND, number, isLate)
        ? Network.COMMAND_LATE
        : Network.NOTHING;
  }

  /** Longer than {@code switchboard.message.wait-for-answer} (90 s). */
  Duration longAnswer() {
    return Duration.ofSeconds(100 + rare.nextLong(50));
  }

  Duration silence(SplittableRandom choices) {
    return Duration.ofMillis(1 + choices.nextLong(3_000));
  }

  Duration late(SplittableRandom choices) {
    // Some come after the life of a lease.
    return Duration.ofMillis(500 + choices.nextLong(choices.nextInt(3) == 0 ? 40_000 : 20_000));
  }

  Duration stepDown() {
    return Duration.ofMillis(3_000);
  }

  @Override
  public String toString() {
    return String.format(
        java.util.Locale.ROOT,
        "lost %.2f, unanswered %.2f, late %.2f, latency up to %d ms%s%s%s%s%s%s%s",
        lost,
        unanswered,
        late,
        slowest,
        deaths ? ", deaths" : "",
        freezes ? ", freezes" : "",
        outages ? ", outages" : "",
        failOvers ? ", fail-overs" : "",
        clocks ? ", wrong clocks" : "",
        statusFails ? ", LibreChat silent" : "",
        longAnswers ? ", a long answer" : "");
  }
}
