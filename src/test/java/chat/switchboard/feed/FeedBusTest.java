package chat.switchboard.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.redis.RedisLink;
import chat.switchboard.redis.TestRedisServer;
import chat.switchboard.support.FastTimers;
import chat.switchboard.support.TestRedis;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.mutiny.core.Vertx;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a follower learns from the Redis stream: the entries, and that some are missing. */
@Tag("unit")
class FeedBusTest {

  private static final String KEY = "key";

  private final Vertx vertx = Vertx.vertx();
  private final FastTimers timers = new FastTimers(4);
  private final List<FeedEntry> heard = new CopyOnWriteArrayList<>();
  private TestRedis redis;
  private BusWriter writer;
  private BusTail tail;

  @BeforeEach
  void open() {
    redis = TestRedis.start();
    Infrastructure.clearInterceptors();
    writer = new BusWriter(link(), KEY, timers);
    tail =
        new BusTail(
            link(),
            KEY,
            timers,
            entries -> {
              heard.addAll(entries);
              return Uni.createFrom().voidItem();
            });
    writer.begin();
    tail.start();
    awaitLive();
    tail.takeGap();
  }

  private RedisLink link() {
    return TestRedisServer.of(vertx, "switchboard.redis.uri", redis.uri()).link();
  }

  @AfterEach
  void close() {
    if (redis != null && tail != null) {
      tail.stop();
      writer.end();
      redis.close();
    }
    timers.close();
    vertx.closeAndAwait();
  }

  private void awaitLive() {
    await()
        .until(
            () -> {
              writer.beat();
              return tail.isLive();
            });
  }

  private void awaitHeard(FeedEntry entry) {
    await().until(() -> heard.contains(entry));
  }

  @Test
  void entries_arrive_whole_and_in_order_without_a_gap() {
    FeedEntry gap = new FeedEntry(new ObjectId(), "*", null, null, null, null, FeedEntry.Kind.GAP);
    List<FeedEntry> some = List.of(entry("a"), gap, entry("❤ \" \n"));
    writer.write(some);
    FeedEntry last = entry("c");
    writer.write(List.of(last));
    awaitHeard(last);
    assertThat(heard).containsExactly(some.get(0), gap, some.get(2), last);
    assertThat(tail.takeGap()).isFalse();
    assertThat(Long.parseLong(redis.cli("TTL", KEY))).isBetween(1L, 86_400L);
  }

  static List<String> malformed() {
    String id = new ObjectId().toHexString();
    String entry = "[\"%s\",\"gap\",\"*\"]".formatted(id);
    return List.of(
        "",
        "{}",
        "null",
        "[[]]",
        "[[null]]",
        "[[\"no id\",\"gap\",\"*\"]]",
        "[[\"%s\",\"gap\",null]]".formatted(id),
        "[[\"%s\",\"message\",\"owner\",null,\"m\",\"c\"]]".formatted(id),
        "[[\"%s\",\"message\",\"owner\",\"yesterday\",\"m\",\"c\"]]".formatted(id),
        "[".repeat(2_000),
        "[" + String.join(",", Collections.nCopies(101, entry)) + "]",
        "[[\"%s\",\"gap\",\"%s\"]]".formatted(id, "x".repeat(100_000)));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void a_record_of_another_program_is_a_gap_and_the_records_after_it_arrive(String entries) {
    redis.cli("XADD", KEY, "*", "v", "1", "term", "other", "number", "1", "entries", entries);
    FeedEntry entry = entry("a");
    writer.write(List.of(entry));
    awaitHeard(entry);
    assertThat(heard).containsExactly(entry);
    assertThat(tail.takeGap()).isTrue();
    assertThat(tail.isLive()).isTrue();
  }

  @Test
  void an_entry_that_only_the_database_has_is_a_gap() {
    writer.miss();
    FeedEntry entry = entry("a");
    writer.write(List.of(entry));
    awaitHeard(entry);
    assertThat(tail.takeGap()).isTrue();
    assertThat(tail.takeGap()).isFalse();
  }

  @Test
  void what_redis_did_not_take_is_a_gap_when_redis_takes_entries_again() {
    redis.cli("CONFIG", "SET", "maxmemory", "1");
    writer.write(List.of(entry("lost")));
    await().until(() -> redis.cli("INFO", "errorstats").contains("errorstat_OOM"));
    redis.cli("CONFIG", "SET", "maxmemory", "0");
    int before = Integer.parseInt(redis.cli("XLEN", KEY));
    await()
        .until(
            () -> {
              writer.beat();
              return Integer.parseInt(redis.cli("XLEN", KEY)) > before;
            });
    await().until(tail::takeGap);
    assertThat(heard).isEmpty();
  }

  @Test
  void more_entries_than_may_wait_are_a_gap() {
    redis.freeze();
    for (int i = 0; i < 6_000; i++) {
      writer.write(List.of(entry("a")));
    }
    redis.thaw();
    awaitLive();
    await()
        .until(
            () -> {
              writer.beat();
              return tail.takeGap();
            });
  }

  @Test
  void another_reader_is_a_gap() {
    writer.begin();
    awaitBeat();
    assertThat(tail.takeGap()).isTrue();
    awaitBeat();
    assertThat(tail.takeGap()).isFalse();
  }

  private void awaitBeat() {
    FeedEntry entry = entry("beat");
    writer.write(List.of(entry));
    awaitHeard(entry);
  }

  @Test
  void a_record_of_another_version_is_a_gap() {
    redis.cli("XADD", KEY, "*", "v", "2", "term", "x", "number", "1", "entries", "[]");
    awaitBeat();
    assertThat(tail.takeGap()).isTrue();
  }

  @Test
  void without_records_the_stream_is_not_live() {
    await().until(() -> !tail.isLive());
    awaitLive();
    tail.stop();
    assertThat(tail.isLive()).isFalse();
  }

  private static FeedEntry entry(String conversation) {
    return new FeedEntry(
        new ObjectId(), "user", null, new Date(), "message", conversation, FeedEntry.Kind.MESSAGE);
  }
}
