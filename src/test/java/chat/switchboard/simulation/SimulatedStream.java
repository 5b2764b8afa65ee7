package chat.switchboard.simulation;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.SplittableRandom;

/**
 * A connection of a client to the stream of a replica: what the replica writes reaches the client
 * in order and later, or not at all if the connection breaks.
 */
final class SimulatedStream {

  /** Bytes that the client has not taken; above that the write queue is full. */
  private static final int MOST_IN_FLIGHT = 2_000;

  private final World world;
  private final Faults faults;
  private final SplittableRandom choices;
  private final SimulatedListener listener;
  final SimulatedReplica replica;
  private Handler<Void> drain;
  private Handler<AsyncResult<Void>> atEnd;
  private int inFlight;
  private long lastDelivery;
  private int status = 200;

  /** Whether the replica's side has ended. */
  private boolean closed;

  /** Whether the client's side has ended: nothing reaches the client any more. */
  private boolean broken;

  /** Whether what the replica has written is lost. */
  private boolean lost;

  SimulatedStream(
      World world, Faults faults, SimulatedListener listener, SimulatedReplica replica) {
    this.world = world;
    this.faults = faults;
    this.choices = world.choices();
    this.listener = listener;
    this.replica = replica;
  }

  /**
   * Sends the request.
   *
   * @param enter the handler of the route
   * @param query the parameters of the query
   */
  void open(Handler<RoutingContext> enter, MultiMap query, MultiMap headers) {
    world.after(
        replica,
        faults.latency(choices),
        () -> {
          if (!broken) {
            enter.handle(context(query, headers));
          }
        });
  }

  private RoutingContext context(MultiMap query, MultiMap headers) {
    HttpServerResponse response = response();
    HttpServerRequest request =
        SimulatedVertx.proxy(
            HttpServerRequest.class,
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "getHeader" -> headers.get(arguments[0].toString());
                  case "headers" -> headers;
                  case "query" -> query.isEmpty() ? null : query.toString();
                  case "remoteAddress" -> SocketAddress.inetSocketAddress(1, "192.0.2.1");
                  default -> throw new UnsupportedOperationException(method.toString());
                });
    return SimulatedVertx.proxy(
        RoutingContext.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "request" -> request;
              case "response" -> response;
              case "queryParams" -> query;
              case "data" -> new HashMap<>();
              case "fail" -> {
                listener.failed((Throwable) arguments[0]);
                yield null;
              }
              case "addEndHandler" -> {
                atEnd = handler(arguments[0]);
                yield 0;
              }
              default -> throw new UnsupportedOperationException(method.toString());
            });
  }

  private HttpServerResponse response() {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    return SimulatedVertx.proxy(
        HttpServerResponse.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "closed", "ended" -> closed;
              case "headers" -> headers;
              case "setChunked", "putHeader" -> self;
              case "setStatusCode" -> {
                status = (Integer) arguments[0];
                yield self;
              }
              case "writeQueueFull" -> inFlight > MOST_IN_FLIGHT;
              case "drainHandler" -> {
                drain = handler(arguments[0]);
                yield self;
              }
              case "write" -> {
                write((Buffer) arguments[0]);
                yield Future.succeededFuture();
              }
              case "end" -> {
                end(arguments[0]);
                yield Future.succeededFuture();
              }
              case "reset" -> {
                close();
                world.after(null, Duration.ZERO, () -> brokenFor("the replica resets the stream"));
                yield true;
              }
              default -> throw new UnsupportedOperationException(method.toString());
            });
  }

  @SuppressWarnings("unchecked")
  private static <T> Handler<T> handler(Object argument) {
    return (Handler<T>) argument;
  }

  private void write(Buffer buffer) {
    if (closed) {
      return;
    }
    String text = buffer.toString();
    int size = buffer.length();
    long writtenAt = world.nanoTime();
    inFlight += size;
    deliver(
        () -> {
          listener.got(this, text, writtenAt);
          world.after(replica, faults.latency(choices), () -> taken(size));
        });
  }

  private void taken(int size) {
    inFlight -= size;
    Handler<Void> waiting = drain;
    if (waiting != null && inFlight <= MOST_IN_FLIGHT / 2) {
      waiting.handle(null);
    }
  }

  private void deliver(Runnable delivery) {
    long at = world.nanoTime() + faults.latency(choices).plus(listener.slowness()).toNanos();
    lastDelivery = Math.max(lastDelivery, at);
    world.after(
        null,
        Duration.ofNanos(lastDelivery - world.nanoTime()),
        () -> {
          if (!broken && !lost) {
            delivery.run();
          }
        });
  }

  private void end(Object last) {
    if (last instanceof Buffer buffer) {
      write(buffer);
    }
    close();
    deliver(() -> brokenFor(status == 200 ? "the stream ends" : "status " + status));
  }

  /** The replica notes the end of the connection. */
  private void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (atEnd != null) {
      world.after(replica, Duration.ZERO, () -> atEnd.handle(Future.succeededFuture()));
    }
  }

  private void brokenFor(String reason) {
    if (!broken) {
      broken = true;
      listener.ended(this, reason);
    }
  }

  /**
   * The client closes the connection, or loses the network.
   *
   * @param unnoticed the time until the replica notices
   */
  void leave(Duration unnoticed) {
    broken = true;
    world.after(replica, unnoticed, this::close);
  }

  /**
   * The replica has died.
   *
   * @param isLost whether what the replica has written does not reach the client
   * @param noticed the time until the client notices
   */
  void died(boolean isLost, Duration noticed) {
    closed = true;
    if (isLost) {
      lost = true;
      world.after(null, noticed, () -> brokenFor("no connection"));
    } else {
      deliver(() -> brokenFor("no connection"));
    }
  }
}
