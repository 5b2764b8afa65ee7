package chat.switchboard.redis;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.RedisConnection;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection to Redis. Each command has a time limit. After any failure the connection is
 * closed, since a late response may still come, and the next command opens another.
 */
public final class RedisLink {

  /** The time limit of opening a connection, with authentication and the nodes of a cluster. */
  private static final Duration CONNECT = Duration.ofSeconds(3);

  private final Supplier<Redis> clients;

  /** The lock of the following field is this object. */
  private @Nullable Open open;

  private static final class Open {
    private final Redis client;
    private final Uni<RedisConnection> connection;

    Open(Redis client, Uni<RedisConnection> connection) {
      this.client = client;
      this.connection = connection;
    }
  }

  RedisLink(Supplier<Redis> clients) {
    this.clients = clients;
  }

  /**
   * Sends a command.
   *
   * @param limit the time limit of the response, from when the connection is open
   * @return the response; null for Redis' null
   */
  public Uni<Response> send(Request command, Duration limit) {
    return Uni.createFrom()
        .deferred(
            () -> {
              Open used = open();
              return used.connection
                  .ifNoItem()
                  .after(CONNECT)
                  .fail()
                  .flatMap(connection -> connection.send(command).ifNoItem().after(limit).fail())
                  .onFailure()
                  .invoke(() -> close(used))
                  .onCancellation()
                  .invoke(() -> close(used));
            });
  }

  private synchronized Open open() {
    Open now = open;
    if (now == null) {
      Redis client = clients.get();
      now =
          new Open(
              client,
              client
                  .connect()
                  // Each command that waits gets the failure itself.
                  .invoke(connection -> connection.exceptionHandler(failure -> {}))
                  .memoize()
                  .indefinitely());
      open = now;
    }
    return now;
  }

  private void close(Open used) {
    synchronized (this) {
      if (open == used) {
        open = null;
      }
    }
    used.client.close();
  }

  /** Closes the connection; a further command opens another. */
  public void close() {
    Open used;
    synchronized (this) {
      used = open;
    }
    if (used != null) {
      close(used);
    }
  }
}
