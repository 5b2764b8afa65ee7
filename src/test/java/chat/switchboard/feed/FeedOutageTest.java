package chat.switchboard.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.mongo.FakeLeases;
import chat.switchboard.support.CommandProxy;
import chat.switchboard.support.Configured;
import chat.switchboard.support.FakeTimers;
import chat.switchboard.support.Relay;
import com.mongodb.ConnectionString;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replicas that are cut from the database, and a database whose oplog is shorter than that. */
@Tag("unit")
class FeedOutageTest {

  private static final FeedConfig POLLING =
      Configured.with(FeedConfig.class, "switchboard.stream.feed", "poll");

  private static final FeedConfig CHANGES =
      Configured.with(FeedConfig.class, "switchboard.stream.feed", "changes");

  private static final String IMPATIENT =
      "/LibreChat?serverSelectionTimeoutMS=100&connectTimeoutMS=100";

  private final FakeTimers timers = new FakeTimers();
  private final FakeLeases.Shared shared = new FakeLeases.Shared();
  private final Map<FeedReplica, FakeLeases> leases = new HashMap<>();
  private final List<ObjectId> expected = new ArrayList<>();
  private MongoServer server;
  private String address;
  private MongoClient client;
  private MongoCollection<Document> messages;

  @BeforeEach
  void open() {
    Infrastructure.clearInterceptors();
    server = new MongoServer(new MemoryBackend());
    server.enableOplog();
    address = server.bindAndGetConnectionString();
    client = MongoClients.create(address);
    messages = client.getDatabase("LibreChat").getCollection("messages");
  }

  @AfterEach
  void close() {
    leases.keySet().forEach(FeedReplica::close);
    client.close();
    server.shutdownNow();
  }

  private FeedReplica replica(String name, String uri, FeedConfig config) {
    FakeLeases own = new FakeLeases(shared, name, timers, FeedElection.LIFE);
    FeedReplica replica =
        new FeedReplica(uri, own, timers, Duration.ZERO, config, follower -> new FeedBus());
    leases.put(replica, own);
    return replica;
  }

  private Relay relay() throws IOException {
    return new Relay(new ConnectionString(address));
  }

  private static String behind(Relay relay) {
    return "mongodb://127.0.0.1:" + relay.port() + IMPATIENT;
  }

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

  /** Writes a message by a program that is not cut. */
  private void write() {
    Document message = external();
    expected.add(message.getObjectId("_id"));
    messages.insertOne(message);
  }

  private void assertHeardOnce(FeedReplica... replicas) {
    for (FeedReplica replica : replicas) {
      assertThat(replica.announced).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(replica.skipped).isZero();
    }
  }

  @Test
  void a_reader_that_is_cut_off_for_a_minute_is_replaced_and_follows_after_it() throws IOException {
    try (Relay relay = relay()) {
      FeedReplica cut = replica("cut", behind(relay), POLLING);
      FeedReplica heir = replica("heir", address + IMPATIENT, POLLING);
      seconds(2, cut, heir);
      write();
      seconds(2, cut, heir);
      assertThat(cut.election.isReader()).isTrue();
      relay.pull();
      leases.get(cut).away(true);
      for (int second = 0; second < 60; second++) {
        write();
        second(heir);
        if (second % 10 == 0) {
          cut.turn();
        }
      }
      assertThat(heir.election.isReader()).isTrue();
      relay.putBack();
      leases.get(cut).away(false);
      await()
          .untilAsserted(
              () -> {
                second(cut, heir);
                assertThat(cut.election.isReader()).isFalse();
                assertHeardOnce(cut, heir);
              });
      seconds(3, cut, heir);
      assertHeardOnce(cut, heir);
    }
  }

  @Test
  void after_a_minute_without_the_database_no_message_is_lost_and_no_client_refetches()
      throws IOException {
    try (Relay relay = relay()) {
      FeedReplica one = replica("one", behind(relay), POLLING);
      FeedReplica two = replica("two", behind(relay), POLLING);
      seconds(2, one, two);
      relay.pull();
      leases.values().forEach(own -> own.away(true));
      for (int second = 0; second < 60; second++) {
        write();
        timers.pass(Duration.ofSeconds(1));
        if (second % 20 == 0) {
          one.turn();
          two.turn();
        }
      }
      relay.putBack();
      leases.values().forEach(own -> own.away(false));
      await()
          .untilAsserted(
              () -> {
                second(one, two);
                assertHeardOnce(one, two);
              });
      seconds(15, one, two);
      assertHeardOnce(one, two);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {260, 286})
  void a_reader_whose_position_the_oplog_has_lost_polls_and_opens_another_change_stream(int code)
      throws IOException {
    try (CommandProxy proxy = new CommandProxy(new ConnectionString(address))) {
      FeedReplica reader = replica("reader", behind(proxy.relay()), CHANGES);
      second(reader);
      await()
          .until(
              () -> reader.driver.call().getData().orElseThrow().get("by").equals("change stream"));
      write();
      await().until(() -> reader.announced.size() == 1);
      proxy.answer(command -> refusalOfPosition(command, code));
      proxy.relay().pull();
      for (int i = 0; i < 20; i++) {
        write();
      }
      proxy.relay().putBack();
      await()
          .untilAsserted(
              () -> {
                second(reader);
                assertHeardOnce(reader);
              });
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                second(reader);
                return reader
                    .driver
                    .call()
                    .getData()
                    .orElseThrow()
                    .get("by")
                    .equals("change stream");
              });
      write();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                second(reader);
                assertHeardOnce(reader);
              });
    }
  }

  @Test
  void after_an_outage_beyond_the_oplog_the_clients_of_all_replicas_refetch_exactly_once()
      throws IOException {
    try (CommandProxy proxy = new CommandProxy(new ConnectionString(address))) {
      FeedReplica before = replica("before", behind(proxy.relay()), CHANGES);
      second(before);
      write();
      await().until(() -> before.announced.size() == 1);
      // The position of the change stream is stored with the next poll.
      before.skew = Duration.ofSeconds(10);
      Document position = new Document("_data", "8200000000000000002B0229296E04");
      before.close();
      leases.remove(before);
      client
          .getDatabase("LibreChat")
          .getCollection("switchboard_feed_reader")
          .updateMany(
              new Document(),
              new Document(
                  "$set",
                  new Document("looked", new Date(System.currentTimeMillis() - 3_600_000))
                      .append("changes", position)));
      proxy.answer(command -> refusalOfPosition(command, 286));
      FeedReplica heir = replica("heir", behind(proxy.relay()), CHANGES);
      FeedReplica follower = replica("follower", address + IMPATIENT, POLLING);
      heir.turn();
      seconds(5, heir, follower);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                second(heir, follower);
                return heir.driver.call().getData().orElseThrow().get("by").equals("change stream");
              });
      seconds(3, heir, follower);
      assertThat(heir.skipped).isEqualTo(1);
      assertThat(follower.skipped).isEqualTo(1);
      assertThat(
              client
                  .getDatabase("LibreChat")
                  .getCollection("switchboard_feed")
                  .countDocuments(new Document("kind", "gap")))
          .isEqualTo(1);
    }
  }

  @Test
  void an_answer_that_completes_during_an_outage_longer_than_any_answer_is_announced() {
    FeedReplica reader = replica("reader", address + IMPATIENT, POLLING);
    seconds(2, reader);
    Document question = external();
    Document answer =
        new Document("_id", new ObjectId())
            .append("messageId", UUID.randomUUID().toString())
            .append("conversationId", "conversation")
            .append("parentMessageId", question.getString("messageId"))
            .append("user", "owner")
            .append("isCreatedByUser", false)
            .append("unfinished", true)
            .append("createdAt", new Date());
    messages.insertMany(List.of(question, answer));
    expected.add(question.getObjectId("_id"));
    seconds(2, reader);
    assertHeardOnce(reader);
    messages.updateOne(
        new Document("_id", answer.get("_id")),
        new Document("$set", new Document("unfinished", false)));
    reader.skew = Duration.ofMinutes(11);
    expected.add(answer.getObjectId("_id"));
    seconds(3, reader);
    assertHeardOnce(reader);
  }

  private static Optional<BsonDocument> refusalOfPosition(BsonDocument command, int code) {
    boolean resumes = command.containsKey("aggregate") && command.toJson().contains("resumeAfter");
    return resumes
        ? Optional.of(CommandProxy.refusal(code, "ChangeStreamHistoryLost", "the oplog is shorter"))
        : Optional.empty();
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
