package chat.switchboard.simulation;

import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The event loop of Vert.x: each task is an event of the replica that gives the task. */
final class SimulatedVertx {

  private final World world;
  private final EventLoop loop;
  private final ContextInternal context;
  private final Vertx vertx;

  SimulatedVertx(World world) {
    this.world = world;
    this.loop =
        proxy(EventLoop.class, (self, method, arguments) -> loop(method.getName(), arguments));
    this.context =
        proxy(
            ContextInternal.class,
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "duplicate", "unwrap" -> self;
                  case "nettyEventLoop" -> loop();
                  case "runOnContext" -> {
                    Handler<Void> task = task(arguments[0]);
                    world.after(Duration.ZERO, () -> task.handle(null));
                    yield null;
                  }
                  case "isDuplicate", "isEventLoopContext" -> true;
                  case "localContextData", "contextData" ->
                      new java.util.concurrent.ConcurrentHashMap<>();
                  default -> null;
                });
    this.vertx =
        proxy(
            Vertx.class,
            (self, method, arguments) ->
                method.getName().equals("getOrCreateContext") ? context() : null);
  }

  @SuppressWarnings("unchecked")
  private static Handler<Void> task(Object argument) {
    return (Handler<Void>) argument;
  }

  private Object loop(String name, Object[] arguments) {
    switch (name) {
      case "execute" -> world.after(Duration.ZERO, (Runnable) arguments[0]);
      case "schedule" -> world.after(delay(arguments, 1), (Runnable) arguments[0]);
      case "scheduleWithFixedDelay" ->
          repeat((Runnable) arguments[0], delay(arguments, 1), delay(arguments, 2));
      default -> throw new UnsupportedOperationException(name);
    }
    return null;
  }

  private static Duration delay(Object[] arguments, int index) {
    TimeUnit unit = (TimeUnit) arguments[arguments.length - 1];
    return Duration.ofNanos(unit.toNanos((Long) arguments[index]));
  }

  private void repeat(Runnable task, Duration delay, Duration pause) {
    world.after(
        delay,
        () -> {
          task.run();
          repeat(task, pause, pause);
        });
  }

  EventLoop loop() {
    return loop;
  }

  Context context() {
    return context;
  }

  Vertx vertx() {
    return vertx;
  }

  static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            SimulatedVertx.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "toString" -> type.getSimpleName();
                  case "hashCode" -> 1;
                  case "equals" -> self == arguments[0];
                  default -> handler.invoke(self, method, arguments);
                }));
  }
}
