package chat.switchboard.simulation;

import com.twilio.http.Request;
import com.twilio.http.Response;
import io.quarkus.mongodb.reactive.ReactiveMongoDatabase;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;

/** Answers the calls of the loaded classes that {@link SimulationLoader} redirects. */
public final class Bridge {

  /** The class takes a random number when it is loaded, and so in the first run of a process. */
  private static final String RANDOM_WHEN_LOADED =
      "io.quarkus.mongodb.panache.common.reactive.Panache";

  private static World world;
  private static List<String> plan;

  private Bridge() {}

  /**
   * Sets what happens in the next runs.
   *
   * @param happenings null if the seeds decide
   */
  public static void plan(List<String> happenings) {
    plan = happenings;
  }

  static List<String> plan() {
    return plan;
  }

  /** Returns what happened in the last run. */
  public static List<String> happened() {
    return world.happenings().happened();
  }

  /** Returns the virtual time of the last run, in nanoseconds. */
  public static long virtualTime() {
    return world.nanoTime();
  }

  static void enter(World entered) {
    if (world == null) {
      world = new World(0, false);
      try {
        Class.forName(RANDOM_WHEN_LOADED);
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException(e);
      }
    }
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

  /** Returns the bytes of a new ObjectId, which the driver takes from the time of the machine. */
  public static byte[] objectId() {
    return world.objectId();
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

  /** Runs a request to Twilio when the request arrives there. */
  public static void toTwilio(Runnable request) {
    world.twilio().depart(request);
  }

  /** Returns Twilio's response; throws as Twilio's client does where none arrives. */
  public static Response twilio(Request request) {
    return world.twilio().take(request);
  }

  /** Whether the last request was sent. */
  public static boolean hasLeft() {
    return world.twilio().hasLeft();
  }

  /** Returns the event loop of the replica that runs now. */
  public static io.vertx.core.Context currentContext() {
    return world.vertx().context();
  }

  /** Returns the database as the replica that runs now sees it. */
  public static ReactiveMongoDatabase database() {
    return world.current().database();
  }
}
