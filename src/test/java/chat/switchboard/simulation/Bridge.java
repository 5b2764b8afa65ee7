package chat.switchboard.simulation;

import io.quarkus.mongodb.reactive.ReactiveMongoDatabase;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
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

  /** Returns the elements in their order, which the JDK shuffles anew in each process. */
  public static <T> Set<T> copyOf(Collection<? extends T> elements) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(elements));
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
