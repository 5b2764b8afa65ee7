package chat.switchboard.redis;

import chat.switchboard.support.Configured;
import io.vertx.mutiny.core.Vertx;

/** The Redis of a test's settings. */
public final class TestRedisServer {

  private TestRedisServer() {}

  /**
   * @param namesAndValues the names and the values of settings, in turn
   */
  public static RedisServer of(Vertx vertx, String... namesAndValues) {
    return new RedisServer(vertx, Configured.with(RedisConfig.class, namesAndValues));
  }
}
