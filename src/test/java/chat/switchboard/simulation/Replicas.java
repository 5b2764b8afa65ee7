package chat.switchboard.simulation;

import chat.switchboard.simulation.Happenings.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * The replicas of a run, and the faults that each simulation has: replicas die and come back,
 * freeze and have wrong clocks; MongoDB has outages and fail-overs.
 */
final class Replicas {

  /** What a simulation does besides, with a fault of {@link Replicas}. */
  interface Besides {

    /** A replica has died. */
    default void died(SimulatedReplica replica, SplittableRandom own) {}

    /** The least number of a moment that stands for a freeze; the numbers before are deaths. */
    default int firstFreeze() {
      return 2;
    }

    /** Whether MongoDB is a replica set, which fails over. */
    default boolean failsOver() {
      return true;
    }

    /** MongoDB is away for this time. */
    default void isAway(Duration time, SplittableRandom own) {}
  }

  /**
   * A moment at which a fault may happen.
   *
   * @param number of the moment, from 1 on
   * @param drawn the number that decides which fault happens
   * @param replica the index of the replica that the fault hits
   * @param time how long the fault lasts
   * @param own numbers of the moment
   */
  record Occasion(int number, int drawn, int replica, Duration time, SplittableRandom own) {}

  /** The state of a wrong clock. */
  private record Skew(long offset, double drift) {}

  private final World world;
  private final Faults faults;
  private final SimulatedMongo mongo;
  private final Happenings happenings;
  private final List<Long> skews;
  private final BiFunction<String, SimulatedReplica.SkewedClock, SimulatedReplica> starting;
  private final Besides besides;
  private final List<SimulatedReplica> all = new ArrayList<>();

  /**
   * @param skews four numbers, each as often: the most milliseconds by which a clock is wrong
   * @param starting starts a replica with this name and clock
   */
  Replicas(
      World world,
      Faults faults,
      SimulatedMongo mongo,
      List<Long> skews,
      BiFunction<String, SimulatedReplica.SkewedClock, SimulatedReplica> starting,
      Besides besides) {
    this.world = world;
    this.faults = faults;
    this.mongo = mongo;
    this.happenings = world.happenings();
    this.skews = skews;
    this.starting = starting;
    this.besides = besides;
  }

  /**
   * Starts two or three replicas.
   *
   * @param clocks the numbers for the clock of each replica
   */
  void start(SplittableRandom choices, Supplier<SplittableRandom> clocks) {
    int count = happenings.happens(Kind.THIRD_REPLICA, choices.nextInt(2) == 1) ? 3 : 2;
    for (int i = 1; i <= count; i++) {
      SimulatedReplica.SkewedClock clock = new SimulatedReplica.SkewedClock(world);
      SplittableRandom own = clocks.get();
      Skew skew = faults.clocks ? skew(own) : null;
      if (happenings.happens(Kind.WRONG_CLOCK, i, faults.clocks)) {
        clock.set(skew.offset(), skew.drift());
      }
      all.add(starting.apply("r" + i, clock));
    }
  }

  /** Returns the replicas; a dead replica is in the list until it comes back. */
  List<SimulatedReplica> all() {
    return all;
  }

  /** Returns a choice among the living replicas; null if there is none. */
  Supplier<SimulatedReplica> balancer() {
    SplittableRandom own = world.choices();
    return () -> {
      List<SimulatedReplica> alive = all.stream().filter(SimulatedReplica::isAlive).toList();
      return alive.isEmpty() ? null : alive.get(own.nextInt(alive.size()));
    };
  }

  /** Draws a moment at which one of so many faults, or none, may happen. */
  Occasion occasion(int number, int kinds, SplittableRandom own) {
    int drawn = own.nextInt(kinds);
    int replica = own.nextInt(all.size());
    Duration time = Duration.ofMillis(100 + own.nextLong(own.nextInt(3) == 0 ? 40_000 : 3_000));
    return new Occasion(number, drawn, replica, time, own);
  }

  /**
   * Lets the fault of this moment happen.
   *
   * @param clocks the numbers for a clock
   * @return false if the number of the moment stands for no fault of this class
   */
  boolean perhapsFault(Occasion at, SplittableRandom clocks) {
    SimulatedReplica replica = all.get(at.replica());
    // All numbers are drawn first: a fault that a plan leaves out must not change the next ones.
    boolean failsOver = at.drawn() == 5 && faults.failOvers;
    Set<SimulatedReplica> behind = failsOver ? some(at.own()) : Set.of();
    Duration old = Duration.ofMillis(100 + (failsOver ? at.own().nextLong(3_000) : 0));
    boolean setsClock = at.drawn() == 6 && faults.clocks;
    Skew skew = setsClock ? skew(clocks) : new Skew(0, 0);
    boolean freezes = at.drawn() >= besides.firstFreeze() && at.drawn() < 4 && faults.freezes;
    if (replica.isAlive() && happens(Kind.DEATH, at, at.drawn() < 2 && faults.deaths)) {
      dies(replica, at.time(), at.own());
    } else if (replica.isAlive() && happens(Kind.FREEZE, at, freezes)) {
      replica.freeze(at.time());
    } else if (happens(Kind.OUTAGE, at, at.drawn() == 4 && faults.outages)) {
      mongo.outage(at.time());
      besides.isAway(at.time(), at.own());
    } else if (happens(Kind.FAIL_OVER, at, failsOver && besides.failsOver())) {
      mongo.failOver(behind, old);
    } else if (happenings.happens(Kind.WRONG_CLOCK, 1_000 + at.number(), setsClock)) {
      world.say("The clock of %s is set", replica.name());
      replica.clock().set(skew.offset(), skew.drift());
    } else {
      return false;
    }
    return true;
  }

  /** Ends a replica, which comes back after this time. */
  void dies(SimulatedReplica replica, Duration time, SplittableRandom own) {
    int index = all.indexOf(replica);
    replica.die();
    besides.died(replica, own);
    world.after(null, time, () -> comeBack(index));
  }

  /** Whether a further fault of a simulation happens at this moment. */
  boolean happens(Kind kind, Occasion at, boolean drawn) {
    return happenings.happens(kind, at.number(), drawn);
  }

  private Set<SimulatedReplica> some(SplittableRandom own) {
    Set<SimulatedReplica> some = new HashSet<>();
    all.stream().filter(one -> own.nextBoolean()).forEach(some::add);
    return some;
  }

  private Skew skew(SplittableRandom own) {
    long most = skews.get(own.nextInt(skews.size()));
    return new Skew(own.nextLong(2 * most) - most, own.nextInt(3) == 0 ? 0.001 : 0);
  }

  private void comeBack(int index) {
    SimulatedReplica dead = all.get(index);
    world.say("%s comes back", dead.name());
    all.set(index, starting.apply(dead.name(), dead.clock()));
  }
}
