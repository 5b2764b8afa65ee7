package chat.switchboard.simulation;

import io.quarkus.mongodb.reactive.ReactiveMongoDatabase;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;

/** Answers the calls of the loaded classes that {@link SimulationLoader} redirects. */
public final class Bridge {

  private static World world;

  private Bridge() {}

  static void enter(World entered) {
    world = entered;
  }

  /** Returns the monotonic time of the replica that runs now. */
  public static long nanoTime() {
    return world.nanoTime();
  }

  /** Returns the time of the clock of the replica that runs now. */
  public static long currentTimeMillis() {
    return world.current() == null ? world.millis() : world.current().clock().millis();
  }

  /** Returns a random UUID of version 4. */
  public static UUID randomUUID() {
    return world.randomUuid();
  }

  /** Returns the randomness of the replicas. */
  public static Random random() {
    return world.random();
  }

  /** Returns the worker pool of the replica that runs now. */
  public static ScheduledExecutorService scheduler() {
    return world.scheduler();
  }

  /** Returns the database as the replica that runs now sees it. */
  public static ReactiveMongoDatabase database() {
    return world.current().database();
  }
}
