package chat.switchboard.simulation;

import chat.switchboard.feed.SimulatedFeed;
import chat.switchboard.inbound.Pipeline;
import chat.switchboard.librechat.SimulatedStatus;
import chat.switchboard.mongo.ServerClock;
import chat.switchboard.ops.Timers;
import chat.switchboard.stream.SimulatedStreams;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.mongodb.ServerAddress;
import com.mongodb.connection.ClusterId;
import com.mongodb.connection.ConnectionId;
import com.mongodb.connection.ServerId;
import com.mongodb.event.ServerHeartbeatSucceededEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.mongodb.impl.ReactiveMongoClientImpl;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.mongodb.reactive.ReactiveMongoDatabase;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;

/**
 * A process of the service: the real classes, with a clock, timers and a database of the
 * simulation. A replica that comes back is another object.
 */
final class SimulatedReplica {

  private static final Map<String, String> SETTINGS =
      Map.of(
          "switchboard.owner", "owner@example.com",
          "switchboard.librechat-url", "http://librechat.simulation",
          "switchboard.jwt-secret", "a secret of the simulation that is long enough",
          "quarkus.mongodb.connection-string", "mongodb://mongo.simulation/LibreChat");

  private static final Duration HEARTBEAT = Duration.ofSeconds(2);
  private static final Duration NETWORK = Duration.ofMillis(1);

  /**
   * The classes of a replica that take part.
   *
   * @param settings further settings, by their names
   * @param periodic the periodic tasks, such as {@code chat.switchboard.inbound.Sweeper#sweep}
   * @param observers the methods that take events, such as {@code
   *     chat.switchboard.outbound.Dispatcher#onQueued}
   * @param prepare puts further objects
   */
  record Parts(
      Map<String, String> settings,
      List<String> periodic,
      List<String> observers,
      Consumer<Beans> prepare) {

    /** The inbound classes alone. */
    static final Parts INBOUND =
        new Parts(
            Map.of(), List.of("chat.switchboard.inbound.Sweeper#sweep"), List.of(), beans -> {});
  }

  private final World world;
  private final String name;
  private final SkewedClock clock;
  private final ReactiveMongoClient client;
  private final Pipeline pipeline;
  private final Beans beans;
  private final int tasks;
  private Handler<RoutingContext> streams;
  private boolean alive = true;
  private final long begun;
  private long frozenUntil = Long.MIN_VALUE / 2;

  SimulatedReplica(
      World world, SimulatedMongo mongo, String name, SkewedClock clock, SimulatedStatus.Run runs) {
    this(world, mongo, name, clock, runs, Parts.INBOUND);
  }

  SimulatedReplica(
      World world,
      SimulatedMongo mongo,
      String name,
      SkewedClock clock,
      SimulatedStatus.Run runs,
      Parts parts) {
    this.world = world;
    this.name = name;
    this.clock = clock;
    this.begun = world.nanoTime();
    this.tasks = parts.periodic().size();
    this.client = new ReactiveMongoClientImpl(SimulatedDriver.client(this, mongo));
    Map<String, String> settings = new LinkedHashMap<>(SETTINGS);
    settings.putAll(parts.settings());
    this.beans = new Beans(settings, event -> tell(parts.observers(), event), clock);
    beans.put(Timers.class, timers());
    beans.put(RandomGenerator.class, world.random());
    beans.put(MeterRegistry.class, new SimpleMeterRegistry());
    beans.put(ObjectMapper.class, new ObjectMapper());
    beans.put(ReactiveMongoClient.class, client);
    beans.put(Vertx.class, nothing(Vertx.class));
    beans.put(SimulatedStatus.Run.class, runs);
    beans.instead("chat.switchboard.librechat.GenerationStatus", SimulatedStatus.class);
    parts.prepare().accept(beans);
    Pipeline[] made = new Pipeline[1];
    world.as(
        this,
        () -> {
          ServerClock shared = beans.get(ServerClock.class);
          beans.put(Clock.class, shared);
          // The driver sends no command before the first response of the server.
          heard(shared, world.millis(), NETWORK);
          beat(shared);
          made[0] = beans.get(Pipeline.class);
          parts.periodic().forEach(task -> repeat(beans, task));
        });
    this.pipeline = made[0];
  }

  /** The wall clock of a replica: may be wrong, drift and jump. */
  static final class SkewedClock extends Clock {
    private final World world;
    private long offset;
    private double drift;
    private long since;

    SkewedClock(World world) {
      this.world = world;
    }

    /**
     * @param newOffset milliseconds ahead of the true time
     * @param newDrift milliseconds gained in each millisecond
     */
    void set(long newOffset, double newDrift) {
      offset = newOffset;
      drift = newDrift;
      since = world.millis();
    }

    @Override
    public long millis() {
      return world.millis() + offset + (long) (drift * (world.millis() - since));
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(millis());
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private Timers timers() {
    return new Timers() {
      @Override
      public long nanoTime() {
        return world.nanoTime();
      }

      @Override
      public Timer after(Duration delay, Runnable action) {
        Runnable cancel =
            world.after(
                SimulatedReplica.this, delay.toMillis() < 1 ? Duration.ofMillis(1) : delay, action);
        return cancel::run;
      }

      @Override
      public Executor newContext() {
        return action -> world.after(SimulatedReplica.this, Duration.ZERO, action);
      }
    };
  }

  /** The driver asks the server for its state, and the server tells its time. */
  private void beat(ServerClock shared) {
    long asked = world.nanoTime();
    world.after(
        null,
        NETWORK,
        () -> {
          long told = world.millis();
          world.after(
              this, NETWORK, () -> heard(shared, told, Duration.ofNanos(world.nanoTime() - asked)));
        });
    world.after(this, HEARTBEAT, () -> beat(shared));
  }

  private static void heard(ServerClock shared, long told, Duration elapsed) {
    shared.serverHeartbeatSucceeded(
        new ServerHeartbeatSucceededEvent(
            new ConnectionId(new ServerId(new ClusterId("simulation"), new ServerAddress())),
            new BsonDocument("localTime", new BsonDateTime(told))
                .append("isWritablePrimary", BsonBoolean.TRUE),
            elapsed.toNanos(),
            false));
  }

  /** Repeats a task with {@code @Scheduled}, never two at a time. */
  private void repeat(Beans beans, String task) {
    String[] names = task.split("#");
    Object bean = beans.get(names[0]);
    try {
      Method method = bean.getClass().getDeclaredMethod(names[1]);
      method.setAccessible(true);
      String every = method.getAnnotation(Scheduled.class).every();
      Duration pause = Duration.parse("PT" + every.toUpperCase(java.util.Locale.ROOT));
      plan(bean, method, pause, Duration.ofMillis(world.random().nextLong(pause.toMillis())));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  private void plan(Object bean, Method method, Duration pause, Duration delay) {
    world.after(
        this,
        delay,
        () -> {
          try {
            ((Uni<?>) method.invoke(bean))
                .subscribe()
                .with(
                    done -> plan(bean, method, pause, pause),
                    failure -> plan(bean, method, pause, pause));
          } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** Passes an event to the methods that observe its type. */
  private void tell(List<String> observers, Object event) {
    for (String observer : observers) {
      String[] names = observer.split("#");
      Object bean = beans.get(names[0]);
      for (Method method : bean.getClass().getDeclaredMethods()) {
        if (method.getName().equals(names[1]) && method.getParameterTypes()[0].isInstance(event)) {
          method.setAccessible(true);
          try {
            method.invoke(bean, event);
          } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(observer, e);
          }
        }
      }
    }
  }

  private static <T> T nothing(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            SimulatedReplica.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> null));
  }

  String name() {
    return name;
  }

  SkewedClock clock() {
    return clock;
  }

  Pipeline pipeline() {
    return pipeline;
  }

  /** Returns an object of the replica. */
  <T> T get(Class<T> type) {
    return beans.get(type);
  }

  /** Returns the objects of the replica. */
  Beans beans() {
    return beans;
  }

  /** Returns the number of tasks that repeat. */
  int tasks() {
    return tasks;
  }

  /** Returns the feed of the replica. */
  SimulatedFeed feed() {
    return beans.get(SimulatedFeed.class);
  }

  /** Returns the handler of requests for a stream. */
  Handler<RoutingContext> streams() {
    if (streams == null) {
      List<Handler<RoutingContext>> handlers = new ArrayList<>();
      Route[] route = new Route[1];
      route[0] =
          SimulatedVertx.proxy(
              Route.class,
              (self, method, arguments) -> {
                @SuppressWarnings("unchecked")
                Handler<RoutingContext> handler = (Handler<RoutingContext>) arguments[0];
                handlers.add(handler);
                return self;
              });
      Router router = SimulatedVertx.proxy(Router.class, (self, method, arguments) -> route[0]);
      beans.get(SimulatedStreams.class).mount(router);
      streams = handlers.get(0);
    }
    return streams;
  }

  ReactiveMongoDatabase database() {
    return client.getDatabase(SimulatedMongo.DATABASE);
  }

  boolean isAlive() {
    return alive;
  }

  long frozenUntil() {
    return frozenUntil;
  }

  /** Whether the process was not suspended in this time until now. */
  boolean awakeFor(Duration time) {
    return world.nanoTime() - frozenUntil > time.toNanos();
  }

  /** Whether the process began at least this long ago. */
  boolean livesFor(Duration time) {
    return world.nanoTime() - begun > time.toNanos();
  }

  /** Ends the process: nothing that it waits for comes back. */
  void die() {
    world.say("%s dies", name);
    alive = false;
  }

  /** Suspends the process: what comes for it waits. */
  void freeze(Duration time) {
    world.say("%s freezes for %d ms", name, time.toMillis());
    frozenUntil = Math.max(frozenUntil, world.nanoTime() + time.toNanos());
  }
}
