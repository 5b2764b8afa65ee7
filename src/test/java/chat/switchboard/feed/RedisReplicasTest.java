package chat.switchboard.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.mongo.FakeLeases;
import chat.switchboard.mongo.TestDatabaseName;
import chat.switchboard.redis.TestRedisServer;
import chat.switchboard.support.Configured;
import chat.switchboard.support.FastTimers;
import chat.switchboard.support.FreePort;
import chat.switchboard.support.Relay;
import chat.switchboard.support.TestRedis;
import com.mongodb.ConnectionString;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.mutiny.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several replicas with one database and one Redis: Redis brings the entries to the followers, and
 * whatever happens to Redis, each replica announces each message once. Time passes {@value #SPEED}
 * times faster.
 */
@Tag("unit")
class RedisReplicasTest {

  private static final int SPEED = 4;

  private static final FeedConfig POLLING =
      Configured.with(FeedConfig.class, "switchboard.stream.feed", "poll");

  private final Vertx vertx = Vertx.vertx();
  private final FastTimers timers = new FastTimers(SPEED);
  private final FakeLeases.Shared leases = new FakeLeases.Shared();
  private final List<FeedReplica> all = new CopyOnWriteArrayList<>();
  private final List<FeedReplica> frozen = new CopyOnWriteArrayList<>();
  private final List<ObjectId> expected = new ArrayList<>();
  private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();
  private TestRedis redis;
  private MongoServer server;
  private MongoClient client;
  private MongoCollection<Document> messages;
  private String uri;

  @BeforeEach
  void open() {
    redis = TestRedis.start();
    Infrastructure.clearInterceptors();
    server = new MongoServer(new MemoryBackend());
    uri = server.bindAndGetConnectionString() + "/LibreChat";
    client = MongoClients.create(uri);
    messages = client.getDatabase("LibreChat").getCollection("messages");
    ticks.scheduleWithFixedDelay(
        () -> all.stream().filter(replica -> !frozen.contains(replica)).forEach(FeedReplica::turn),
        100,
        100,
        TimeUnit.MILLISECONDS);
  }

  @AfterEach
  void close() throws InterruptedException {
    ticks.shutdown();
    if (redis == null) {
      return;
    }
    ticks.awaitTermination(20, TimeUnit.SECONDS);
    all.forEach(FeedReplica::close);
    redis.close();
    client.close();
    server.shutdownNow();
    vertx.closeAndAwait();
    timers.close();
  }

  private FeedReplica replica(String name, String... settings) {
    String[] chosen =
        settings.length > 0 ? settings : new String[] {"switchboard.redis.uri", redis.uri()};
    FeedReplica replica =
        new FeedReplica(
            uri,
            new FakeLeases(leases, name, timers, FeedElection.LIFE),
            timers,
            Duration.ZERO,
            POLLING,
            follower ->
                new FeedBus(
                    TestRedisServer.of(vertx, chosen), follower, TestDatabaseName.of(uri), timers));
    all.add(replica);
    return replica;
  }

  /** Starts a reader and a follower, and waits until Redis brings the entries. */
  private FeedReplica followed(FeedReplica reader) {
    await().until(() -> reader.election.isReader());
    FeedReplica follower = replica("follower");
    awaitRedis(follower);
    return follower;
  }

  private static void awaitRedis(FeedReplica follower) {
    await().until(() -> by(follower).equals("Redis"));
  }

  private static String by(FeedReplica replica) {
    return String.valueOf(replica.driver.call().getData().orElseThrow().get("by"));
  }

  private void awaitDatabase(FeedReplica follower) {
    await().until(() -> !by(follower).equals("Redis"));
  }

  /** Writes messages of another program, as LibreChat's own pages would. */
  private void write(int count) {
    for (int i = 0; i < count; i++) {
      Document message = external();
      expected.add(message.getObjectId("_id"));
      messages.insertOne(message);
    }
  }

  private void awaitAll(FeedReplica... replicas) {
    for (FeedReplica replica : replicas) {
      await().until(() -> replica.announced.size() >= expected.size());
      assertThat(replica.announced).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(replica.skipped).isZero();
      assertThat(replica.isReady()).isTrue();
    }
  }

  private static long polls(FeedReplica replica) {
    return replica.commands.stream().filter(one -> one.equals("find switchboard_feed")).count();
  }

  @Test
  void redis_brings_each_entry_once_and_in_order_and_the_database_rests() {
    FeedReplica reader = replica("reader");
    FeedReplica follower = followed(reader);
    assertThat(polls(follower)).isPositive();
    follower.commands.clear();
    for (int i = 0; i < 20; i++) {
      write(50);
      int so = expected.size();
      await().until(() -> follower.announced.size() == so);
    }
    ObjectId own = follower.injects(messages, external());
    expected.add(own);
    awaitAll(reader, follower);

    assertThat(follower.announced).containsExactlyElementsOf(expected);
    await().until(() -> follower.own.of("owner").isEmpty());
    assertThat(follower.meters.get("switchboard.feed.live").gauge().value()).isEqualTo(1);
    assertThat(polls(follower)).as("one poll each 10 s").isLessThanOrEqualTo(2);
  }

  @Test
  void a_killed_redis_loses_no_message_and_brings_them_again_when_it_is_back() {
    FeedReplica reader = replica("reader");
    FeedReplica follower = followed(reader);
    write(10);
    redis.kill();
    write(10);
    awaitAll(reader, follower);
    awaitDatabase(follower);
    write(10);
    awaitAll(reader, follower);
    redis.restart();
    write(10);
    awaitRedis(follower);
    write(10);
    awaitAll(reader, follower);
    assertThat(redis.cli("XLEN", "switchboard:feed:LibreChat")).isNotEqualTo("0");
  }

  @Test
  void a_frozen_redis_is_left_within_six_seconds() {
    FeedReplica reader = replica("reader");
    FeedReplica follower = followed(reader);
    write(10);
    awaitAll(reader, follower);
    redis.freeze();
    long began = timers.nanoTime();
    write(10);
    awaitAll(reader, follower);
    assertThat(Duration.ofNanos(timers.nanoTime() - began))
        .isLessThan(BusTail.SILENCE.plusSeconds(2 * SPEED));
    awaitDatabase(follower);
    redis.thaw();
    awaitRedis(follower);
    write(10);
    awaitAll(reader, follower);
  }

  @Test
  void an_emptied_redis_loses_no_message() {
    FeedReplica reader = replica("reader");
    FeedReplica follower = followed(reader);
    for (int i = 0; i < 10; i++) {
      write(20);
      redis.cli("FLUSHALL");
      write(20);
    }
    awaitAll(reader, follower);
    awaitRedis(follower);
  }

  @Test
  void a_trimmed_stream_loses_no_message() {
    FeedReplica reader = replica("reader");
    FeedReplica follower = followed(reader);
    for (int i = 0; i < 10; i++) {
      write(20);
      redis.cli("XTRIM", "switchboard:feed:LibreChat", "MAXLEN", "0");
    }
    awaitAll(reader, follower);
  }

  @Test
  void a_follower_that_was_suspended_reads_the_database_for_what_was_trimmed_meanwhile() {
    FeedReplica reader = replica("reader");
    FeedReplica follower = followed(reader);
    frozen.add(follower);
    redis.cli("CLIENT", "PAUSE", "300");
    write(200);
    await().until(() -> reader.announced.size() == 200);
    redis.cli("XTRIM", "switchboard:feed:LibreChat", "MAXLEN", "0");
    frozen.clear();
    awaitAll(reader, follower);
    awaitRedis(follower);
  }

  @Test
  void records_of_a_reader_that_lost_the_election_do_no_harm() {
    FeedReplica old = replica("old");
    FeedReplica follower = followed(old);
    write(5);
    awaitAll(old, follower);
    frozen.add(old);
    FeedReplica heir = follower;
    await().until(() -> heir.election.isReader());
    FeedReplica third = replica("third");
    awaitRedis(third);
    for (int i = 0; i < 20; i++) {
      write(5);
      // The old reader still believes that it reads.
      old.driver.turn().await().indefinitely();
      old.bus.beat();
    }
    frozen.clear();
    await().until(() -> !old.election.isReader());
    write(5);
    awaitAll(heir, third, old);
    awaitRedis(old);
    awaitRedis(third);
  }

  @Test
  void the_beats_of_a_reader_without_a_lease_end() {
    FeedReplica reader = replica("reader");
    FeedReplica follower = followed(reader);
    frozen.add(reader);
    await().until(() -> !by(follower).equals("Redis"));
    await().until(() -> follower.election.isReader());
    write(5);
    awaitAll(follower);
  }

  @Test
  void a_redis_with_tls_is_trusted_by_the_authorities_of_the_file_alone(@TempDir Path folder)
      throws Exception {
    Path key = folder.resolve("key.pem");
    Path certificate = folder.resolve("certificate.pem");
    boolean isMade =
        new ProcessBuilder(
                    ("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=redis"
                            + " -addext subjectAltName=IP:127.0.0.1 -keyout %s -out %s")
                        .formatted(key, certificate)
                        .split(" "))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start()
                .waitFor()
            == 0;
    assumeTrue(isMade, "openssl is needed");
    String port = String.valueOf(FreePort.next());
    redis.cli(
        ("CONFIG SET tls-cert-file %s tls-key-file %s tls-ca-cert-file %s tls-auth-clients no"
                + " tls-port %s")
            .formatted(certificate, key, certificate, port)
            .split(" "));
    // The file implies TLS, as in LibreChat.
    String[] known = {
      "switchboard.redis.uri",
      "redis://127.0.0.1:" + port,
      "switchboard.redis.ca",
      certificate.toString()
    };
    FeedReplica reader = replica("reader", known);
    await().until(() -> reader.election.isReader());
    FeedReplica follower = replica("follower", known);
    awaitRedis(follower);
    FeedReplica stranger =
        replica("stranger", "switchboard.redis.uri", "rediss://127.0.0.1:" + port);
    write(20);
    awaitAll(reader, follower, stranger);
    assertThat(by(follower)).isEqualTo("Redis");
    assertThat(by(stranger)).isEqualTo("looking");
  }

  @Test
  void a_wrong_password_leaves_the_feed_to_the_database() {
    redis.cli("CONFIG", "SET", "requirepass", "right");
    FeedReplica reader =
        replica(
            "reader", "switchboard.redis.uri", redis.uri(), "switchboard.redis.password", "wrong");
    await().until(() -> reader.election.isReader());
    FeedReplica follower =
        replica(
            "follower",
            "switchboard.redis.uri",
            redis.uri(),
            "switchboard.redis.password",
            "wrong");
    write(20);
    awaitAll(reader, follower);
    assertThat(by(follower)).isEqualTo("looking");
  }

  @Test
  void the_user_and_the_password_of_the_address_or_of_the_settings_are_used() {
    redis.cli("ACL", "SETUSER", "bus", "on", ">p@ss:w+rd/%", "~libre::*", "+@all");
    redis.cli("ACL", "SETUSER", "default", "off");
    String address = "redis://bus:p%40ss:w+rd%2F%25@127.0.0.1:" + redis.port() + "/0";
    String[] byAddress = {
      "switchboard.redis.uri", address, "switchboard.redis.key-prefix", "libre"
    };
    FeedReplica reader = replica("reader", byAddress);
    await().until(() -> reader.election.isReader());
    FeedReplica follower =
        replica(
            "follower",
            "switchboard.redis.uri",
            redis.uri(),
            "switchboard.redis.username",
            "bus",
            "switchboard.redis.password",
            "p@ss:w+rd/%",
            "switchboard.redis.key-prefix",
            "libre");
    awaitRedis(follower);
    write(20);
    awaitAll(reader, follower);
  }

  @Test
  void a_slow_redis_is_left_and_loses_no_message() throws IOException {
    try (Relay relay = new Relay(new ConnectionString("mongodb://127.0.0.1:" + redis.port()))) {
      String[] behind = {"switchboard.redis.uri", "redis://127.0.0.1:" + relay.port()};
      FeedReplica reader = replica("reader", behind);
      await().until(() -> reader.election.isReader());
      FeedReplica follower = replica("follower", behind);
      awaitRedis(follower);
      for (int i = 0; i < 8; i++) {
        redis.cli("CLIENT", "PAUSE", "700");
        write(20);
        awaitAll(reader, follower);
      }
      relay.pull();
      write(20);
      awaitAll(reader, follower);
      awaitDatabase(follower);
      relay.putBack();
      awaitRedis(follower);
    }
  }

  @Test
  void what_another_program_writes_to_the_key_does_no_harm() {
    FeedReplica reader = replica("reader");
    FeedReplica follower = followed(reader);
    String key = "switchboard:feed:LibreChat";
    redis.cli("XADD", key, "*", "v", "2", "term", "x", "number", "1", "entries", "[]");
    redis.cli("XADD", key, "*", "v", "1", "term", "x", "number", "one", "entries", "[]");
    redis.cli("XADD", key, "*", "v", "1", "term", "x", "number", "1", "entries", "[[1,2],3]");
    redis.cli("XADD", key, "*", "v", "1", "term", "x", "number", "1", "entries", "{");
    redis.cli("XADD", key, "*", "nonsense", "");
    write(20);
    awaitAll(reader, follower);
    redis.cli("DEL", key);
    redis.cli("SET", key, "a string");
    write(20);
    awaitAll(reader, follower);
    awaitDatabase(follower);
    redis.cli("DEL", key);
    awaitRedis(follower);
    write(20);
    awaitAll(reader, follower);
  }

  @Test
  void a_full_redis_loses_no_message() {
    FeedReplica reader = replica("reader");
    FeedReplica follower = followed(reader);
    redis.cli("CONFIG", "SET", "maxmemory-policy", "noeviction");
    redis.cli("CONFIG", "SET", "maxmemory", "1");
    write(20);
    awaitAll(reader, follower);
    awaitDatabase(follower);
    redis.cli("CONFIG", "SET", "maxmemory", "0");
    awaitRedis(follower);
  }

  @Test
  void a_cluster_brings_the_entries_and_a_lost_node_loses_no_message() {
    List<TestRedis> nodes = new ArrayList<>();
    try {
      List<String> create = new ArrayList<>(List.of("redis-cli", "--cluster", "create"));
      for (int node = 0; node < 3; node++) {
        nodes.add(
            TestRedis.start(
                "--cluster-enabled",
                "yes",
                "--cluster-port",
                String.valueOf(FreePort.next()),
                "--cluster-node-timeout",
                "1000"));
        create.add("127.0.0.1:" + nodes.get(node).port());
      }
      create.add("--cluster-yes");
      assertThat(TestRedis.run(create)).contains("All 16384 slots covered");
      await().until(() -> nodes.stream().allMatch(RedisReplicasTest::isWhole));
      String[] several = {"switchboard.redis.uri", nodes.get(0).uri() + "," + nodes.get(1).uri()};
      String[] single = {
        "switchboard.redis.uri", nodes.get(2).uri(), "switchboard.redis.cluster", "true"
      };
      FeedReplica reader = replica("reader", several);
      await().until(() -> reader.election.isReader());
      FeedReplica follower = replica("follower", single);
      awaitRedis(follower);
      write(20);
      awaitAll(reader, follower);
      TestRedis owner = nodes.stream().filter(RedisReplicasTest::hasKey).findFirst().orElseThrow();
      owner.freeze();
      write(20);
      awaitAll(reader, follower);
      awaitDatabase(follower);
      owner.thaw();
      awaitRedis(follower);
      write(20);
      awaitAll(reader, follower);
    } finally {
      nodes.forEach(TestRedis::close);
    }
  }

  private static boolean isWhole(TestRedis node) {
    return node.cli("CLUSTER", "INFO").contains("cluster_state:ok");
  }

  private static boolean hasKey(TestRedis node) {
    return node.cli("EXISTS", "switchboard:feed:LibreChat").equals("1");
  }

  @Test
  void sentinels_name_the_master_also_after_a_failover() throws IOException {
    TestRedis replica = TestRedis.start("--replicaof", "127.0.0.1 " + redis.port());
    Path file = Files.createTempFile(Path.of("target"), "sentinel", ".conf");
    Files.writeString(
        file,
        """
        sentinel monitor main 127.0.0.1 %d 1
        sentinel down-after-milliseconds main 1000
        sentinel failover-timeout main 5000
        """
            .formatted(redis.port()));
    try (replica;
        TestRedis sentinel = TestRedis.start(file.toAbsolutePath())) {
      await().until(() -> sentinel.cli("SENTINEL", "REPLICAS", "main").contains("slave"));
      String[] bySentinel = {
        "switchboard.redis.uri", sentinel.uri(), "switchboard.redis.sentinel-master", "main"
      };
      FeedReplica reader = replica("reader", bySentinel);
      await().until(() -> reader.election.isReader());
      FeedReplica follower = replica("follower", bySentinel);
      awaitRedis(follower);
      write(20);
      awaitAll(reader, follower);
      redis.kill();
      write(20);
      awaitAll(reader, follower);
      await()
          .atMost(Duration.ofSeconds(40))
          .until(() -> by(follower).equals("Redis") && hasKey(replica));
      write(20);
      awaitAll(reader, follower);
    }
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
