package chat.switchboard.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.librechat.LibreChatFiles;
import com.mongodb.client.model.Filters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import mutiny.zero.flow.adapters.AdaptersToFlow;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class MediaStoreTest {

  private static final MediaDatabase DATABASE = new MediaDatabase();
  private static final Duration LEASE = Duration.ofMinutes(2);

  private final MediaDatabase.Clock clock = new MediaDatabase.Clock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MediaStore store =
      new MediaStore(
          DATABASE.items(),
          MediaDatabase.config("switchboard.media.max-attempts", "3"),
          clock,
          meters);
  private final MediaBytes bytes = new MediaBytes(DATABASE.database());
  private final Capabilities capabilities =
      new Capabilities(new CapabilityStore(DATABASE.items(), clock), MediaDatabase.secret(), clock);

  @AfterAll
  static void close() {
    DATABASE.close();
  }

  @BeforeEach
  void empty() {
    done(DATABASE.items().deleteMany(new Document()));
  }

  @Test
  void an_item_is_added_once_and_claimed_by_one_worker() {
    assertThat(done(store.add(item("a")))).isTrue();
    assertThat(done(store.add(item("a")))).isFalse();
    MediaItem claimed = done(store.claim(LEASE)).orElseThrow();
    assertThat(claimed.id).isEqualTo("a");
    assertThat(claimed.state).isEqualTo(MediaState.PENDING);
    assertThat(done(store.claim(LEASE))).isEmpty();
  }

  @Test
  void a_claim_ends_and_the_old_worker_then_changes_nothing() {
    done(store.add(item("a")));
    MediaItem first = done(store.claim(LEASE)).orElseThrow();
    clock.turn(LEASE.plusSeconds(1));
    MediaItem second = done(store.claim(LEASE)).orElseThrow();

    assertThat(done(store.fetched(first, inspection(), "x.png", "b1"))).isEmpty();
    assertThat(done(store.failed(first, "no"))).isEmpty();
    assertThat(done(store.fetched(second, inspection(), "x.png", "b2"))).isPresent();
    assertThat(done(store.find("a")).orElseThrow().bytesId).isEqualTo("b2");
  }

  @Test
  void an_item_goes_from_pending_to_stored_and_leaves_its_trace() {
    done(store.add(item("a")));
    MediaItem fetched = done(store.fetched(claim(), inspection(), "x.png", "b")).orElseThrow();
    assertThat(fetched.claim).isNull();
    assertThat(fetched.type).isEqualTo("PNG");
    MediaItem stored =
        done(store.storedInLibreChat(claim(), uploaded("f1", "/images/u/x.png"), Optional.empty()))
            .orElseThrow();

    assertThat(stored.state).isEqualTo(MediaState.STORED);
    assertThat(stored.libreChatFileId).isEqualTo("f1");
    assertThat(stored.history)
        .extracting(trace -> trace.getString("state"))
        .containsExactly("PENDING", "FETCHED", "STORED");
    assertThat(done(store.claim(LEASE))).isEmpty();
    assertThat(meters.get("switchboard.media").tag("state", "stored").counter().count())
        .isEqualTo(1);
  }

  @Test
  void a_file_is_tried_later_and_fails_after_the_last_attempt() {
    done(store.add(item("a")));
    for (int attempt = 1; attempt < 3; attempt++) {
      MediaItem tried =
          done(store.retry(claim(), "later", Optional.of(Duration.ofSeconds(30)))).orElseThrow();
      assertThat(tried.state).isEqualTo(MediaState.PENDING);
      assertThat(tried.nextAttemptAt).isAfterOrEqualTo(new Date(clock.millis() + 30_000));
      assertThat(done(store.claim(LEASE))).isEmpty();
      clock.turn(Duration.ofMinutes(10));
    }
    MediaItem failed = done(store.retry(claim(), "later", Optional.empty())).orElseThrow();
    assertThat(failed.state).isEqualTo(MediaState.FAILED);
    assertThat(failed.cause).isEqualTo("later");
    assertThat(failed.forgetAt).isNotNull();

    MediaItem again = done(store.requeue("a")).orElseThrow();
    assertThat(again.state).isEqualTo(MediaState.PENDING);
    assertThat(again.forgetAt).isNull();
    assertThat(claim().attempts).isEqualTo(1);
  }

  @Test
  void a_server_cannot_put_off_a_file_for_ever() {
    done(store.add(item("a")));
    MediaItem tried =
        done(store.retry(claim(), "later", Optional.of(Duration.ofDays(900)))).orElseThrow();
    assertThat(tried.nextAttemptAt).isBefore(new Date(clock.millis() + 11 * 60_000));
  }

  @Test
  void a_fetched_file_that_librechat_never_takes_stays_here() {
    done(store.add(item("a")));
    done(store.fetched(claim(), inspection(), "x.png", "b"));
    for (int attempt = 1; attempt < 3; attempt++) {
      done(store.retry(claim(), "LibreChat is silent", Optional.empty()));
      clock.turn(Duration.ofMinutes(10));
    }
    MediaItem kept =
        done(store.retry(claim(), "LibreChat is silent", Optional.empty())).orElseThrow();
    assertThat(kept.state).isEqualTo(MediaState.STORED);
    assertThat(kept.bytesId).isEqualTo("b");
    assertThat(kept.cause).isEqualTo("LibreChat is silent");
  }

  @Test
  void a_state_is_reached_only_from_the_states_before() {
    done(store.add(item("a")));
    MediaItem pending = claim();
    assertThat(done(store.storedHere(pending, "x"))).isEmpty();
    assertThat(done(store.requeue("a"))).isEmpty();
    assertThat(done(store.failed(pending, "x"))).isPresent();
    assertThat(done(store.fetched(pending, inspection(), "x", "b"))).isEmpty();
  }

  @Test
  void items_of_a_message_come_in_order_and_a_person_is_counted() {
    for (int i = 2; i >= 0; i--) {
      MediaItem item = item("m" + i);
      item.position = i;
      done(store.add(item));
    }
    assertThat(done(store.ofMessage("message")))
        .extracting(item -> item.id)
        .containsExactly("m0", "m1", "m2");
    Date before = new Date(clock.millis() - 1);
    assertThat(done(store.countOf("+15551234567", before, 9))).isEqualTo(3);
    assertThat(done(store.countOf("+15551234567", before, 2))).as("the limit").isEqualTo(2);
    assertThat(done(store.forgetConversations(List.of()))).isZero();
    assertThat(done(store.some(Optional.of("+15551234567"), Optional.empty(), 2))).hasSize(2);
    done(store.delete("m0"));
    assertThat(done(store.some(Optional.empty(), Optional.of("conversation"), 9))).hasSize(2);
  }

  @Test
  void a_capability_opens_one_file_until_its_end_and_only_its_hash_is_stored() {
    done(store.add(item("a")));
    done(store.fetched(claim(), inspection(), "x.png", "b"));
    String ending = done(capabilities.grant("a", Optional.of(Duration.ofHours(24)))).orElseThrow();
    String endless = done(capabilities.grant("a", Optional.empty())).orElseThrow();

    assertThat(ending).hasSize(43).isNotEqualTo(endless);
    assertThat(done(capabilities.open(ending)).orElseThrow().id).isEqualTo("a");
    assertThat(
            DATABASE
                .items()
                .find(Filters.eq("_id", "a"), Document.class)
                .collect()
                .first()
                .await()
                .indefinitely()
                .toJson())
        .doesNotContain(ending, endless);
    clock.turn(Duration.ofHours(25));
    assertThat(done(capabilities.open(ending))).isEmpty();
    assertThat(done(capabilities.open(endless))).isPresent();
    for (String wrong :
        new String[] {null, "", "x", endless + "x", endless.substring(1) + "A", "a"}) {
      assertThat(done(capabilities.open(wrong))).isEmpty();
    }
    assertThat(done(capabilities.grant("unknown", Optional.empty()))).isEmpty();
    assertThat(done(store.dropBytes("a", "b"))).isTrue();
    assertThat(done(capabilities.open(endless))).isEmpty();
  }

  @Test
  void the_number_of_capabilities_of_an_item_is_bounded() {
    done(store.add(item("a")));
    for (int i = 0; i < 25; i++) {
      done(capabilities.grant("a", Optional.empty()));
    }
    assertThat(done(store.find("a")).orElseThrow().capabilities).hasSize(20);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "0, 700000",
    "0, 261120",
    "261119, 1",
    "261119, 2",
    "261120, 261120",
    "1, 699999",
    "522240, 177760",
    "699999, 1",
  })
  void a_range_of_the_bytes_is_read(long from, int length) {
    byte[] content = content(700_000);
    done(bytes.store("r" + from + "-" + length, parts(content, 50_000)));
    Buffer all = Buffer.buffer();
    bytes
        .read("r" + from + "-" + length, from, length)
        .subscribe()
        .asIterable()
        .forEach(all::appendBuffer);
    assertThat(all.getBytes())
        .isEqualTo(Arrays.copyOfRange(content, (int) from, (int) from + length));
  }

  @Test
  void bytes_go_in_and_out_as_the_other_side_asks_for_them() {
    AtomicInteger asked = new AtomicInteger();
    Multi<ByteBuffer> parts =
        Multi.createFrom()
            .range(0, 40)
            .invoke(asked::incrementAndGet)
            .map(i -> ByteBuffer.allocate(64 * 1024));
    done(bytes.store("flow", parts));
    assertThat(asked).hasValue(40);

    List<Integer> read = new ArrayList<>();
    bytes
        .read("flow", 0, 40L * 64 * 1024)
        .select()
        .first(3)
        .subscribe()
        .asIterable()
        .forEach(part -> read.add(part.length()));
    assertThat(read).containsExactly(MediaBytes.CHUNK, MediaBytes.CHUNK, MediaBytes.CHUNK);
  }

  @Test
  void a_source_that_breaks_leaves_no_chunks() {
    Multi<ByteBuffer> broken =
        Multi.createBy()
            .concatenating()
            .streams(
                parts(content(600_000), 60_000),
                Multi.createFrom().failure(new IllegalStateException("x")));
    assertThatThrownBy(() -> done(bytes.store("broken", broken))).hasMessageContaining("x");
    assertThat(chunks("broken")).isZero();
  }

  @Test
  void bytes_with_a_hole_are_not_read_and_deleted_bytes_are_gone() {
    done(bytes.store("hole", parts(content(600_000), 60_000)));
    Uni.createFrom()
        .publisher(
            AdaptersToFlow.publisher(
                DATABASE
                    .database()
                    .getCollection("switchboard_media.chunks")
                    .deleteOne(Filters.and(Filters.eq("files_id", "hole"), Filters.eq("n", 1)))))
        .await()
        .indefinitely();
    assertThatThrownBy(
            () -> bytes.read("hole", 0, 600_000).collect().asList().await().indefinitely())
        .isInstanceOf(MediaBytes.Incomplete.class);
    done(bytes.store("short", parts(content(300_000), 60_000)));
    assertThatThrownBy(
            () ->
                bytes
                    .read("short", 0, MediaBytes.CHUNK * 3L)
                    .collect()
                    .asList()
                    .await()
                    .indefinitely())
        .isInstanceOf(MediaBytes.Incomplete.class);
    done(bytes.delete("hole"));
    done(bytes.delete("hole"));
    assertThat(chunks("hole")).isZero();
  }

  @Test
  void bytes_without_an_item_are_swept_after_an_hour() {
    done(bytes.store("orphan", parts(content(10), 10)));
    done(bytes.store("used", parts(content(10), 10)));
    done(store.add(item("a")));
    done(store.fetched(claim(), inspection(), "x.png", "used"));
    MediaDatabase.Clock now = new MediaDatabase.Clock();
    now.turn(Duration.between(now.instant(), java.time.Instant.now()));
    OrphanedBytes orphans = new OrphanedBytes(store, bytes, now);

    done(bytes.store("killed", parts(content(600_000), 60_000)));
    deleteRecord("killed");

    done(orphans.sweep());
    assertThat(chunks("orphan")).as("too young").isOne();
    assertThat(chunks("killed")).as("too young").isEqualTo(3);
    now.turn(Duration.ofHours(2));
    assertThat(done(orphans.sweep())).isGreaterThanOrEqualTo(2);
    assertThat(chunks("orphan")).isZero();
    assertThat(chunks("killed")).as("an upload without a record").isZero();
    assertThat(chunks("used")).isOne();
  }

  private static LibreChatFiles.Uploaded.Stored uploaded(String fileId, String path) {
    return new LibreChatFiles.Uploaded.Stored(
        fileId, path, "image/png", OptionalInt.of(1), OptionalInt.of(1), "local");
  }

  private static void deleteRecord(String id) {
    Uni.createFrom()
        .publisher(
            AdaptersToFlow.publisher(
                DATABASE
                    .database()
                    .getCollection("switchboard_media.files")
                    .deleteOne(Filters.eq("_id", id))))
        .await()
        .indefinitely();
  }

  private long chunks(String id) {
    return Uni.createFrom()
        .publisher(
            AdaptersToFlow.publisher(
                DATABASE
                    .database()
                    .getCollection("switchboard_media.chunks")
                    .countDocuments(Filters.eq("files_id", id))))
        .await()
        .indefinitely();
  }

  private MediaItem claim() {
    return done(store.claim(LEASE)).orElseThrow();
  }

  private static Inspection inspection() {
    return new Inspection(
        ContentType.PNG, true, Optional.empty(), 4, 3, Cleaning.Location.NONE, 10, "hash");
  }

  static MediaItem item(String id) {
    MediaItem item = new MediaItem();
    item.id = id;
    item.source = MediaSource.TWILIO_MESSAGE;
    item.messageId = "message";
    item.conversationId = "conversation";
    item.phoneNumber = "+15551234567";
    item.position = 0;
    return item;
  }

  static byte[] content(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }

  static Multi<ByteBuffer> parts(byte[] content, int size) {
    List<ByteBuffer> parts = new ArrayList<>();
    for (int at = 0; at < content.length; at += size) {
      parts.add(
          ByteBuffer.wrap(Arrays.copyOfRange(content, at, Math.min(content.length, at + size))));
    }
    return Multi.createFrom().iterable(parts);
  }

  private static <T> T done(Uni<T> work) {
    return work.await().atMost(Duration.ofSeconds(60));
  }
}
