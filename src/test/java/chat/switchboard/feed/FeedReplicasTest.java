package chat.switchboard.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.mongo.FakeLeases;
import chat.switchboard.support.Configured;
import chat.switchboard.support.FakeTimers;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several replicas with one database: each replica announces each message once, whoever reads. The
 * leases have fake time; the replicas poll when the test says so.
 */
@Tag("unit")
class FeedReplicasTest {

  private static final FeedConfig POLLING =
      Configured.with(FeedConfig.class, "switchboard.stream.feed", "poll");

  private static final FeedConfig CHANGES =
      Configured.with(FeedConfig.class, "switchboard.stream.feed", "changes");

  private final FakeTimers timers = new FakeTimers();
  private final FakeLeases.Shared leases = new FakeLeases.Shared();
  private final List<FeedReplica> all = new ArrayList<>();
  private MongoServer server;
  private MongoClient client;
  private MongoCollection<Document> messages;

  @BeforeEach
  void open() {
    // The driver's threads may have the class loader of an application that has ended, and Mutiny
    // would look there for what carries the context of a request.
    Infrastructure.clearInterceptors();
    server = new MongoServer(new MemoryBackend());
    server.enableOplog();
    client = MongoClients.create(uri());
    messages = client.getDatabase("LibreChat").getCollection("messages");
  }

  @AfterEach
  void close() {
    all.forEach(FeedReplica::close);
    client.close();
    server.shutdownNow();
  }

  private String uri;

  private String uri() {
    if (uri == null) {
      uri = server.bindAndGetConnectionString() + "/LibreChat";
    }
    return uri;
  }

  private FeedReplica replica(String name) {
    return replica(name, Duration.ZERO, POLLING);
  }

  private FeedReplica replica(String name, Duration skew, FeedConfig config) {
    FeedReplica replica =
        new FeedReplica(
            uri(),
            new FakeLeases(leases, name, timers, FeedElection.LIFE),
            timers,
            skew,
            config,
            follower -> new FeedBus());
    all.add(replica);
    return replica;
  }

  /** Lets a second pass, in which each of these replicas has two turns. */
  private void second(FeedReplica... replicas) {
    timers.pass(Duration.ofSeconds(1));
    for (int turn = 0; turn < 2; turn++) {
      for (FeedReplica replica : replicas) {
        replica.turn();
      }
    }
  }

  private void seconds(int count, FeedReplica... replicas) {
    for (int second = 0; second < count; second++) {
      second(replicas);
    }
  }

  @Test
  void every_replica_announces_each_message_once_and_one_replica_reads_them() {
    FeedReplica one = replica("one");
    FeedReplica two = replica("two");
    FeedReplica three = replica("three");
    second(one, two, three);
    second(one, two, three);
    two.commands.clear();
    three.commands.clear();
    ObjectId own = two.injects(messages, external());
    Document question = external();
    messages.insertOne(question);
    Document answer = answer(question).append("unfinished", false);
    messages.insertOne(answer);
    messages.insertOne(answer(answer));
    seconds(8, one, two, three);
    for (FeedReplica replica : all) {
      assertThat(replica.announced)
          .containsExactlyInAnyOrder(own, question.getObjectId("_id"), answer.getObjectId("_id"));
    }
    assertThat(two.commands).noneMatch(command -> command.endsWith(" messages"));
    assertThat(three.commands).noneMatch(command -> command.endsWith(" messages"));
    assertThat(one.commands).contains("find messages");
    assertThat(one.passed).hasSize(4).doesNotHaveDuplicates();
    assertThat(two.passed).isEmpty();
    assertThat(client.getDatabase("LibreChat").getCollection("switchboard_feed").countDocuments())
        .as("three messages and the mark of the beginning")
        .isEqualTo(4);
    assertThat(all).allMatch(FeedReplica::isReady);
  }

  @Test
  void replays_that_come_together_share_queries_and_each_gets_the_entries_of_its_user_and_time() {
    FeedReplica replica = replica("one");
    Instant before = Instant.now().minusSeconds(60);
    List<FeedEntry> stored = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      stored.add(
          new FeedEntry(
              new ObjectId(),
              "user" + i,
              null,
              new Date(),
              "message" + i,
              "conversation",
              FeedEntry.Kind.MESSAGE));
    }
    replica.entries.add(stored).await().indefinitely();
    replica.entries.addGap().await().indefinitely();
    replica.commands.clear();
    List<CompletableFuture<List<FeedEntry>>> replays = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      replays.add(replica.entries.of("user" + i, before, 10).subscribeAsCompletionStage());
    }
    replays.add(
        replica
            .entries
            .of("user0", Instant.now().plusSeconds(7_200), 10)
            .subscribeAsCompletionStage());
    for (int i = 0; i < 40; i++) {
      assertThat(replays.get(i).join())
          .extracting(FeedEntry::user)
          .containsExactlyInAnyOrder("user" + i, "*");
    }
    assertThat(replays.get(40).join()).isEmpty();
    // The replays that come during a query share the next query: how many depends on the machine.
    assertThat(replica.commands).hasSizeLessThanOrEqualTo(replays.size() / 4);
  }

  @Test
  void no_message_is_lost_or_repeated_when_the_reader_dies() {
    FeedReplica dying = replica("dying");
    FeedReplica heir = replica("heir");
    FeedReplica third = replica("third");
    seconds(2, dying, heir, third);
    List<ObjectId> expected = new ArrayList<>();
    expected.add(heir.injects(messages, external()));
    second(dying, heir, third);
    // An answer that only the dying reader has seen begin.
    Document question = external();
    Document answer = answer(question).append("unfinished", true);
    messages.insertMany(List.of(question, answer));
    second(dying, heir, third);
    expected.add(question.getObjectId("_id"));
    messages.updateOne(
        new Document("_id", answer.get("_id")),
        new Document("$set", new Document("unfinished", false)));
    expected.add(answer.getObjectId("_id"));
    for (int second = 0; second < 15; second++) {
      // While nobody reads, older than the overlap of two polls.
      Date date = Date.from(now(heir.election.isReader() ? 0 : second - 60));
      Document message = external().append("createdAt", date);
      expected.add(
          second % 2 == 0 ? heir.injects(messages, message) : third.injects(messages, message));
      second(heir, third);
    }
    assertThat(heir.election.isReader()).isTrue();
    seconds(2, heir, third);
    assertThat(heir.announced).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(third.announced).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(heir.isReady()).isTrue();
    assertThat(third.isReady()).isTrue();
  }

  @Test
  void a_reader_that_was_frozen_beyond_its_lease_comes_back_without_a_gap_or_a_repeat() {
    FeedReplica frozen = replica("frozen");
    FeedReplica heir = replica("heir");
    seconds(2, frozen, heir);
    List<ObjectId> expected = new ArrayList<>();
    for (int second = 0; second < 20; second++) {
      expected.add(heir.injects(messages, external()));
      second(heir);
    }
    assertThat(heir.election.isReader()).isTrue();
    MongoCollection<Document> entries =
        client.getDatabase("LibreChat").getCollection("switchboard_feed");
    for (Document entry : entries.find(new Document("kind", "message"))) {
      // Older than the overlap of two polls.
      Date earlier = Date.from(entry.getDate("at").toInstant().minusSeconds(60));
      entries.updateOne(
          new Document("_id", entry.get("_id")), new Document("$set", new Document("at", earlier)));
    }
    for (int second = 0; second < 10; second++) {
      expected.add(frozen.injects(messages, external()));
      second(frozen, heir);
    }
    assertThat(frozen.election.isReader()).isFalse();
    seconds(2, frozen, heir);
    assertThat(frozen.announced).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(heir.announced).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(frozen.skipped).isZero();
    assertThat(heir.skipped).isZero();
  }

  @Test
  void a_follower_that_was_cut_off_for_a_while_misses_nothing() {
    FeedReplica reader = replica("reader");
    FeedReplica cut = replica("cut");
    seconds(2, reader, cut);
    List<ObjectId> expected = new ArrayList<>();
    for (int second = 0; second < 60; second++) {
      expected.add(reader.injects(messages, external()));
      expected.add(cut.injects(messages, external()));
      second(reader);
    }
    seconds(2, reader, cut);
    assertThat(cut.announced).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(reader.announced).containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {-5, 5})
  void a_follower_whose_clock_is_wrong_by_five_minutes_misses_and_repeats_nothing(long minutes) {
    FeedReplica reader = replica("reader");
    second(reader);
    FeedReplica wrong = replica("wrong", Duration.ofMinutes(minutes), POLLING);
    seconds(2, reader, wrong);
    List<ObjectId> expected = new ArrayList<>();
    for (int second = 0; second < 10; second++) {
      expected.add(reader.injects(messages, external()));
      second(reader, wrong);
    }
    seconds(2, reader, wrong);
    assertThat(wrong.announced).containsExactlyElementsOf(expected);
  }

  @Test
  void a_message_that_the_reader_does_not_find_gets_its_entry_from_its_own_replica() {
    FeedReplica reader = replica("reader");
    FeedReplica wrong = replica("wrong");
    seconds(2, reader, wrong);
    // The date of a replica whose clock is behind, where the reader polls by the date.
    ObjectId late =
        wrong.injects(
            messages,
            external().append("createdAt", new Date(System.currentTimeMillis() - 300_000)));
    seconds(3, reader, wrong);
    assertThat(reader.announced).doesNotContain(late);
    assertThat(wrong.own.of("owner")).extracting(FeedEntry::id).containsExactly(late);
    wrong.skew = Duration.ofSeconds(31);
    seconds(3, reader, wrong);
    assertThat(reader.passed).doesNotContain(late);
    assertThat(wrong.own.of("owner")).isEmpty();
    assertThat(entriesOf(wrong)).contains(late);
    FeedReplica next = replica("next");
    second(reader, wrong, next);
    assertThat(wrong.announced).containsExactly(late);
    reader.skew = Duration.ofSeconds(31);
    seconds(2, reader, wrong, next);
    assertThat(reader.announced).containsExactly(late);
    reader.skew = Duration.ofSeconds(62);
    seconds(2, reader, wrong, next);
    assertThat(reader.announced).containsExactly(late);
    assertThat(reader.passed).doesNotContain(late);
  }

  @Test
  void a_reader_from_the_start_announces_no_entries_from_before_it() {
    insert(new ObjectId(), "message", new Date());
    FeedReplica reader = replica("reader", Duration.ofMinutes(1), POLLING);
    seconds(2, reader);
    reader.skew = Duration.ofMinutes(2);
    seconds(2, reader);
    assertThat(reader.announced).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_message_that_an_election_rolled_back_is_announced_again_when_it_is_written_again(
      boolean withItsEntry) {
    FeedReplica reader = replica("reader");
    FeedReplica follower = replica("follower");
    seconds(2, reader, follower);
    Document message = external();
    messages.insertOne(message);
    seconds(2, reader, follower);
    ObjectId id = message.getObjectId("_id");
    messages.deleteOne(new Document("_id", id));
    if (withItsEntry) {
      client
          .getDatabase("LibreChat")
          .getCollection("switchboard_feed")
          .deleteOne(new Document("_id", id));
    }
    messages.insertOne(message.append("createdAt", new Date(System.currentTimeMillis() + 1)));
    seconds(2, reader, follower);
    assertThat(reader.announced).containsExactly(id, id);
    assertThat(follower.announced).containsExactly(id, id);
  }

  @Test
  void a_message_that_has_moved_is_not_announced_again() {
    FeedReplica reader = replica("reader");
    FeedReplica follower = replica("follower");
    seconds(2, reader, follower);
    Document message = external();
    messages.insertOne(message);
    seconds(2, reader, follower);
    messages.updateOne(
        new Document("_id", message.get("_id")),
        new Document(
            "$set",
            new Document("createdAt", new Date())
                .append("metadata.writtenAt", message.get("createdAt"))));
    FeedReplica next = replica("next");
    reader.election.stop().await().indefinitely();
    seconds(5, next, follower);
    for (FeedReplica replica : List.of(reader, follower)) {
      assertThat(replica.announced).containsExactly(message.getObjectId("_id"));
    }
  }

  @Test
  void by_the_change_stream_an_entry_is_heard_without_a_poll_and_once() {
    FeedReplica reader = replica("reader");
    second(reader);
    FeedReplica follower = replica("follower", Duration.ZERO, CHANGES);
    seconds(2, reader, follower);
    Document message = external();
    ObjectId own = follower.injects(messages, message);
    insert(own, "message", message.getDate("createdAt"));
    ObjectId other = new ObjectId();
    insert(other, "reply", new Date());
    await().until(() -> follower.announced.contains(other));
    assertThat(follower.own.of("owner")).isEmpty();
    insert(new ObjectId(), "gap", new Date());
    await().until(() -> follower.skipped == 1);
    seconds(2, reader, follower);
    assertThat(follower.announced).containsExactly(own, other);
    assertThat(follower.skipped).isEqualTo(1);
  }

  /** The database of the tests has no changes of upserts, unlike MongoDB. */
  private void insert(ObjectId id, String kind, Date createdAt) {
    client
        .getDatabase("LibreChat")
        .getCollection("switchboard_feed")
        .insertOne(
            new Document("_id", id)
                .append("user", "owner")
                .append("kind", kind)
                .append("at", new Date())
                .append("createdAt", createdAt));
  }

  @Test
  void a_message_between_its_announcement_and_its_entry_is_found_by_a_replay() {
    FeedReplica reader = replica("reader");
    FeedReplica replica = replica("replica");
    seconds(2, reader, replica);
    ObjectId injected = replica.injects(messages, external());
    assertThat(replica.own.isComplete()).isTrue();
    assertThat(replica.own.of("owner")).extracting(FeedEntry::id).containsExactly(injected);
    assertThat(entriesOf(replica)).isEmpty();
    // Until the entry is followed, the message is in one of both.
    second(reader);
    assertThat(replica.own.of("owner")).extracting(FeedEntry::id).containsExactly(injected);
    second(replica);
    assertThat(replica.own.of("owner")).isEmpty();
    assertThat(entriesOf(replica)).containsExactly(injected);
  }

  @Test
  void after_a_time_without_any_reader_the_clients_of_all_replicas_refetch_once() {
    FeedReplica first = replica("first");
    second(first);
    first.driver.elect().await().indefinitely();
    first.election.stop().await().indefinitely();
    client
        .getDatabase("LibreChat")
        .getCollection("switchboard_feed_reader")
        .updateMany(
            new Document(),
            new Document(
                "$set", new Document("looked", new Date(System.currentTimeMillis() - 3_600_000))));
    Document missed = external().append("createdAt", new Date(System.currentTimeMillis() - 60_000));
    messages.insertOne(missed);
    FeedReplica follower = replica("follower");
    FeedReplica heir = replica("heir");
    heir.turn();
    seconds(3, heir, follower);
    assertThat(heir.election.isReader()).isTrue();
    assertThat(heir.skipped).isEqualTo(1);
    assertThat(follower.skipped).isEqualTo(1);
    assertThat(entriesOf(heir)).contains(missed.getObjectId("_id"));
    seconds(5, heir, follower);
    assertThat(heir.skipped).isEqualTo(1);
    assertThat(follower.skipped).isEqualTo(1);
  }

  @Test
  void entries_are_kept_with_their_first_date_however_often_they_are_written() {
    FeedReplica replica = replica("replica");
    second(replica);
    Document message = external();
    replica.injects(messages, message);
    second(replica);
    List<FeedEntry> before = replica.entries.of("owner", now(-60), 100).await().indefinitely();
    List<FeedEntry> again = before.stream().filter(one -> one.kind().isMessage()).toList();
    Document second = external();
    List<FeedEntry> both = new ArrayList<>(again);
    both.add(
        new FeedEntry(
            second.getObjectId("_id"),
            "owner",
            null,
            new Date(),
            "m",
            "c",
            FeedEntry.Kind.MESSAGE));
    replica.entries.add(both).await().indefinitely();
    List<FeedEntry> after = replica.entries.of("owner", now(-60), 100).await().indefinitely();
    assertThat(after).hasSize(before.size() + 1).containsAll(before);
  }

  @Test
  void a_reconnect_reads_what_was_missed_and_not_what_the_user_ever_got() {
    FeedReplica replica = replica("replica");
    second(replica);
    MongoCollection<Document> entries =
        client.getDatabase("LibreChat").getCollection("switchboard_feed");
    List<Document> old = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      old.add(
          new Document("_id", new ObjectId())
              .append("user", "heavy")
              .append("at", new Date(System.currentTimeMillis() - 3_600_000 + i))
              .append("createdAt", new Date())
              .append("messageId", "m" + i)
              .append("conversationId", "c")
              .append("kind", "message"));
    }
    entries.insertMany(old);
    for (int i = 0; i < 3; i++) {
      replica.injects(messages, external().append("user", "heavy"));
    }
    second(replica);
    for (int tab = 0; tab < 20; tab++) {
      assertThat(
              replica.entries.of("heavy", now(-30), 5_001).await().indefinitely().stream()
                  .filter(one -> one.kind().isMessage()))
          .hasSize(3);
    }
  }

  private static Instant now(long seconds) {
    return Instant.now().plusSeconds(seconds);
  }

  private static List<ObjectId> entriesOf(FeedReplica replica) {
    return replica.entries.of("owner", now(-3_600), 1_000).await().indefinitely().stream()
        .filter(one -> one.kind().isMessage())
        .map(FeedEntry::id)
        .toList();
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

  private static Document answer(Document question) {
    return new Document("_id", new ObjectId())
        .append("messageId", UUID.randomUUID().toString())
        .append("conversationId", "conversation")
        .append("parentMessageId", question.getString("messageId"))
        .append("user", "owner")
        .append("isCreatedByUser", false)
        .append("createdAt", new Date());
  }
}
