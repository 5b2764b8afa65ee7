package chat.switchboard.simulation;

import chat.switchboard.simulation.Happenings.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bson.BsonDocument;

/**
 * Faults in the middle of the work of a replica, in the hard seeds, two or three of {@value
 * #EVERY}: the replica freezes or dies between a command and its response, or the command comes
 * late. The commands are in classes by their name and their collection, and each class is hit as
 * often, so that a seldom command is hit as often as a usual one. All numbers come from streams of
 * their own: these faults change no other seed.
 */
final class MidwayFaults {

  /** Two or three seeds of so many are hard. */
  private static final int EVERY = 27;

  private static final int CLASSES = 12;
  private static final int LEAST = 2;
  private static final int MOST = 7;
  private static final int FIRST_NUMBER = 10_000;

  /**
   * A fault that hits the replica which first sends a command of a class.
   *
   * @param from the monotonic time from which on commands are hit
   * @param kind what happens
   * @param before whether the replica dies before the command leaves
   */
  private record Aim(int number, long from, int of, Kind kind, boolean before, Duration time) {}

  private static final List<Kind> KINDS = List.of(Kind.FREEZE, Kind.DEATH, Kind.LATE_COMMAND);

  private static final Optional<Duration> IN_TIME = Optional.of(Duration.ZERO);

  /** Lets people act while a replica is out. */
  interface Meanwhile {

    /**
     * @param time how long the replica is out
     * @param own numbers of this fault
     */
    void act(Duration time, SplittableRandom own);
  }

  private final World world;
  private final Faults faults;
  private final Replicas replicas;
  private final Meanwhile meanwhile;
  private final SplittableRandom choices;
  private final List<Aim> aims = new ArrayList<>();

  MidwayFaults(
      World world,
      Faults faults,
      Replicas replicas,
      SplittableRandom choices,
      Meanwhile meanwhile) {
    this.world = world;
    this.faults = faults;
    this.replicas = replicas;
    this.choices = choices;
    this.meanwhile = meanwhile;
    int many = LEAST + choices.nextInt(MOST - LEAST + 1);
    for (int i = 1; i <= many; i++) {
      long from = world.nanoTime() + choices.nextLong(Faults.BAD_TIME.toNanos());
      aims.add(
          new Aim(
              FIRST_NUMBER + i,
              from,
              choices.nextInt(CLASSES),
              KINDS.get(choices.nextInt(KINDS.size())),
              choices.nextBoolean(),
              time()));
    }
  }

  /** Whether a seed is hard: its remainder by {@value #EVERY} is one of these. */
  static boolean isHard(long seed, Integer... remainders) {
    return List.of(remainders).contains((int) (seed % EVERY));
  }

  /** Returns a moment in this time, in half of the cases soon. */
  static Duration within(Duration time, SplittableRandom own) {
    long longest = own.nextBoolean() ? Math.min(2_000, time.toMillis()) : time.toMillis();
    return Duration.ofMillis(own.nextLong(longest));
  }

  /** Some faults are shorter than a round, some shorter than the life of a lease, some longer. */
  private Duration time() {
    return Duration.ofMillis(
        switch (choices.nextInt(4)) {
          case 0 -> 100 + choices.nextLong(4_000);
          case 1 -> 5_000 + choices.nextLong(5_000);
          case 2 -> 10_000 + choices.nextLong(7_000);
          default -> 17_000 + choices.nextLong(18_000);
        });
  }

  /**
   * A replica is about to send a command.
   *
   * @return the time by which the command is late; empty if the replica dies before
   */
  Optional<Duration> sends(SimulatedReplica by, BsonDocument command) {
    if (aims.isEmpty() || faults.areOver()) {
      return IN_TIME;
    }
    int of = classOf(command);
    Iterator<Aim> left = aims.iterator();
    while (left.hasNext()) {
      Aim aim = left.next();
      if (aim.from() <= world.nanoTime() && aim.of() == of) {
        left.remove();
        return hit(aim, by);
      }
    }
    return IN_TIME;
  }

  private Optional<Duration> hit(Aim aim, SimulatedReplica by) {
    SplittableRandom own = choices.split();
    if (!world.happenings().happens(aim.kind(), aim.number(), true)) {
      return IN_TIME;
    }
    meanwhile.act(aim.time(), own);
    switch (aim.kind()) {
      case DEATH -> {
        replicas.dies(by, aim.time(), own);
        return aim.before() ? Optional.empty() : IN_TIME;
      }
      case FREEZE -> by.freeze(aim.time());
      default -> {
        world.say("The next command of %s is %d ms late", by.name(), aim.time().toMillis());
        return Optional.of(aim.time());
      }
    }
    return IN_TIME;
  }

  private static int classOf(BsonDocument command) {
    String name = command.getFirstKey();
    String collection = command.get(name).isString() ? command.getString(name).getValue() : "";
    int mixed = (name + " " + collection).hashCode() * 0x9E3779B9;
    return (mixed >>> 8) % CLASSES;
  }
}
