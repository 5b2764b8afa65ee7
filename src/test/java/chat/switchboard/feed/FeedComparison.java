package chat.switchboard.feed;

import chat.switchboard.mongo.FakeLeases;
import chat.switchboard.mongo.TestDatabaseName;
import chat.switchboard.redis.TestRedisServer;
import chat.switchboard.support.Configured;
import chat.switchboard.support.FastTimers;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.mutiny.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.bson.types.ObjectId;

/**
 * Measures how long an event takes to a follower, and the commands that one follower costs, by
 * change streams, polls and Redis, in interleaved rounds (docs/redis.md has the command). The time
 * begins before the message is inserted and ends when the follower announces the message.
 *
 * <p>Arguments: the address of a MongoDB that has change streams, the address of a Redis, the
 * number of rounds, the messages a second, the seconds of each run.
 */
public final class FeedComparison {

  private enum Way {
    CHANGES("changes", false),
    POLLS("poll", false),
    REDIS_BESIDE_CHANGES("changes", true),
    REDIS_BESIDE_POLLS("poll", true);

    private final String feed;
    private final boolean isByRedis;

    Way(String feed, boolean isByRedis) {
      this.feed = feed;
      this.isByRedis = isByRedis;
    }
  }

  private record Run(double[] millis, double mongoPerSecond, double idlePerSecond) {}

  private final String mongo;
  private final String redis;
  private final Vertx vertx = Vertx.vertx();

  private FeedComparison(String mongo, String redis) {
    this.mongo = mongo;
    this.redis = redis;
  }

  public static void main(String[] arguments) throws InterruptedException {
    Infrastructure.clearInterceptors();
    FeedComparison comparison = new FeedComparison(arguments[0], arguments[1]);
    int rounds = Integer.parseInt(arguments[2]);
    int rate = Integer.parseInt(arguments[3]);
    int seconds = Integer.parseInt(arguments[4]);
    comparison.run(Way.CHANGES, rate, 3);
    Map<Way, List<Run>> runs = new EnumMap<>(Way.class);
    for (int round = 0; round < rounds; round++) {
      for (Way way : Way.values()) {
        Run run = comparison.run(way, rate, seconds);
        runs.computeIfAbsent(way, key -> new ArrayList<>()).add(run);
      }
    }
    runs.forEach(
        (way, all) -> {
          double[] millis =
              all.stream().flatMapToDouble(run -> Arrays.stream(run.millis())).sorted().toArray();
          System.out.printf(
              "%-21s events %6d  p50 %7.1f ms  p99 %7.1f ms  follower's MongoDB commands/s busy"
                  + " %5.2f idle %5.2f%n",
              way,
              millis.length,
              millis[millis.length / 2],
              millis[(int) (millis.length * 0.99)],
              all.stream().mapToDouble(Run::mongoPerSecond).average().orElseThrow(),
              all.stream().mapToDouble(Run::idlePerSecond).average().orElseThrow());
        });
    System.exit(0);
  }

  private Run run(Way way, int rate, int seconds) throws InterruptedException {
    String name = "feed" + UUID.randomUUID().toString().substring(0, 8);
    String separator = mongo.contains("?") ? mongo.substring(mongo.indexOf('?')) : "";
    String uri = mongo.replaceAll("/*(\\?.*)?$", "") + "/" + name + separator;
    FakeLeases.Shared leases = new FakeLeases.Shared();
    ScheduledExecutorService ticks = Executors.newScheduledThreadPool(2);
    try (FastTimers timers = new FastTimers(1);
        MongoClient client = MongoClients.create(uri);
        FeedReplica reader = replica("reader", uri, leases, way, timers);
        FeedReplica follower = replica("follower", uri, leases, way, timers)) {
      MongoCollection<Document> messages = client.getDatabase(name).getCollection("messages");
      messages.createIndex(new Document("createdAt", 1));
      client.getDatabase(name).getCollection("switchboard_feed").createIndex(new Document("at", 1));
      reader.turn();
      for (FeedReplica replica : List.of(reader, follower)) {
        ticks.scheduleAtFixedRate(replica::turn, 0, 500, TimeUnit.MILLISECONDS);
      }
      Thread.sleep(5_000);
      follower.commands.clear();
      int idle = 10;
      Thread.sleep(idle * 1_000L);
      double idlePerSecond = follower.commands.size() / (double) idle;
      follower.commands.clear();
      Map<ObjectId, Long> written = new ConcurrentHashMap<>();
      follower.heard = new ConcurrentHashMap<>();
      long began = System.nanoTime();
      for (int i = 0; i < rate * seconds; i++) {
        long due = began + i * 1_000_000_000L / rate;
        long wait = due - System.nanoTime();
        if (wait > 0) {
          TimeUnit.NANOSECONDS.sleep(wait);
        }
        Document message = external();
        written.put(message.getObjectId("_id"), System.nanoTime());
        messages.insertOne(message);
      }
      double perSecond = follower.commands.size() / ((System.nanoTime() - began) / 1_000_000_000.0);
      for (int i = 0; i < 200 && follower.heard.size() < written.size(); i++) {
        Thread.sleep(100);
      }
      double[] millis =
          written.entrySet().stream()
              .filter(one -> follower.heard.containsKey(one.getKey()))
              .mapToDouble(one -> (follower.heard.get(one.getKey()) - one.getValue()) / 1_000_000.0)
              .toArray();
      if (millis.length < written.size()) {
        System.out.printf(
            "%s: %d of %d were not heard%n", way, written.size() - millis.length, written.size());
      }
      ticks.shutdown();
      ticks.awaitTermination(20, TimeUnit.SECONDS);
      client.getDatabase(name).drop();
      return new Run(millis, perSecond, idlePerSecond);
    }
  }

  private FeedReplica replica(
      String name, String uri, FakeLeases.Shared leases, Way way, FastTimers timers) {
    return new FeedReplica(
        uri,
        new FakeLeases(leases, name, timers, FeedElection.LIFE),
        timers,
        Duration.ZERO,
        Configured.with(FeedConfig.class, "switchboard.stream.feed", way.feed),
        follower ->
            way.isByRedis
                ? new FeedBus(
                    TestRedisServer.of(vertx, "switchboard.redis.uri", redis),
                    follower,
                    TestDatabaseName.of(uri),
                    timers)
                : new FeedBus());
  }

  private static Document external() {
    return new Document("_id", new ObjectId())
        .append("messageId", UUID.randomUUID().toString())
        .append("conversationId", "conversation")
        .append("user", "owner")
        .append("role", "user")
        .append("isCreatedByUser", false)
        .append("metadata", new Document("role", "external"))
        .append("createdAt", new Date());
  }
}
