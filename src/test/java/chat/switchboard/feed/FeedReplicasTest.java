package chat.switchboard.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.librechat.LibreChatStores;
import chat.switchboard.librechat.MessageConfig;
import chat.switchboard.librechat.MessageQueries;
import chat.switchboard.librechat.MessageSummary;
import chat.switchboard.mongo.DatabaseName;
import chat.switchboard.mongo.FakeLeases;
import chat.switchboard.mongo.TestDatabaseName;
import chat.switchboard.support.Configured;
import chat.switchboard.support.FakeTimers;
import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.mongodb.impl.ReactiveMongoClientImpl;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.eclipse.microprofile.health.HealthCheckResponse;
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
  private final List<Replica> all = new ArrayList<>();
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
    all.forEach(replica -> replica.connection.close());
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

  /** A replica with its own connection and its own clock. */
  private final class Replica implements NewMessageListener, SeenMessageListener {

    final List<ObjectId> announced = new CopyOnWriteArrayList<>();
    final List<ObjectId> passed = new CopyOnWriteArrayList<>();
    final List<String> commands = new CopyOnWriteArrayList<>();
    final SeenMessages seen = new SeenMessages();
    final OwnAnnouncements own;
    final FeedEntries entries;
    final FeedDriver driver;
    final FeedElection election;
    final com.mongodb.reactivestreams.client.MongoClient connection;
    Duration skew;
    volatile int skipped;

    Replica(String name, Duration skew) {
      this(name, skew, POLLING);
    }

    Replica(String name, Duration skew, FeedConfig config) {
      this.skew = skew;
      Clock clock =
          new Clock() {
            @Override
            public ZoneId getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
              return this;
            }

            @Override
            public Instant instant() {
              return Instant.now().plus(Replica.this.skew);
            }
          };
      connection =
          com.mongodb.reactivestreams.client.MongoClients.create(
              MongoClientSettings.builder()
                  .applyConnectionString(new ConnectionString(uri()))
                  .addCommandListener(recorder(commands))
                  .build());
      ReactiveMongoClient reactive = new ReactiveMongoClientImpl(connection);
      DatabaseName database = TestDatabaseName.of(uri());
      MessageQueries queries = LibreChatStores.queries(reactive, database);
      entries = new FeedEntries(reactive, database, config, clock);
      ReaderPosition position = new ReaderPosition(reactive, database);
      own = new OwnAnnouncements(clock);
      election = new FeedElection(new FakeLeases(leases, name, timers, FeedElection.LIFE), timers);
      driver =
          new FeedDriver(
              new FeedReader(
                  queries,
                  LibreChatStores.copiedRoles(
                      reactive, database, Configured.with(MessageConfig.class), clock),
                  entries,
                  position,
                  own,
                  seen,
                  this,
                  this,
                  config,
                  clock),
              new FeedFollower(entries, position, own, seen, this, config, clock),
              entries,
              own,
              election,
              null,
              null,
              config,
              new SimpleMeterRegistry());
      all.add(this);
    }

    @Override
    public Uni<Void> onNew(List<FeedEntry> found) {
      found.stream().filter(one -> seen.add(one.id(), 0)).forEach(one -> announced.add(one.id()));
      return Uni.createFrom().voidItem();
    }

    @Override
    public void onSkipped() {
      skipped++;
    }

    @Override
    public Uni<Void> onSeen(Collection<MessageSummary> found) {
      found.forEach(one -> passed.add(one.id()));
      return Uni.createFrom().voidItem();
    }

    /** Announces a message that this replica injects, before the feed sees it. */
    ObjectId injects(Document message) {
      messages.insertOne(message);
      ObjectId id = message.getObjectId("_id");
      seen.add(id, 0);
      announced.add(id);
      own.add(
          new FeedEntry(
              id,
              message.getString("user"),
              null,
              message.getDate("createdAt"),
              message.getString("messageId"),
              message.getString("conversationId"),
              FeedEntry.Kind.MESSAGE));
      return id;
    }

    boolean isReady() {
      return driver.call().getStatus() == HealthCheckResponse.Status.UP;
    }

    void turn() {
      driver.elect().await().indefinitely();
      driver.turn().await().indefinitely();
    }
  }

  /** Not a class of its own: Quarkus gives each class of this type to its own clients. */
  private static CommandListener recorder(List<String> commands) {
    return (CommandListener)
        Proxy.newProxyInstance(
            CommandListener.class.getClassLoader(),
            new Class<?>[] {CommandListener.class},
            (proxy, method, arguments) -> {
              if (method.getDeclaringClass() == Object.class) {
                return method.invoke(commands, arguments);
              }
              if (arguments[0] instanceof CommandStartedEvent event) {
                String name = event.getCommandName();
                commands.add(name + " " + event.getCommand().get(name));
              }
              return null;
            });
  }

  private Replica replica(String name) {
    return new Replica(name, Duration.ZERO);
  }

  /** Lets a second pass, in which each of these replicas has two turns. */
  private void second(Replica... replicas) {
    timers.pass(Duration.ofSeconds(1));
    for (int turn = 0; turn < 2; turn++) {
      for (Replica replica : replicas) {
        replica.turn();
      }
    }
  }

  private void seconds(int count, Replica... replicas) {
    for (int second = 0; second < count; second++) {
      second(replicas);
    }
  }

  @Test
  void every_replica_announces_each_message_once_and_one_replica_reads_them() {
    Replica one = replica("one");
    Replica two = replica("two");
    Replica three = replica("three");
    second(one, two, three);
    second(one, two, three);
    two.commands.clear();
    three.commands.clear();
    ObjectId own = two.injects(external());
    Document question = external();
    messages.insertOne(question);
    Document answer = answer(question).append("unfinished", false);
    messages.insertOne(answer);
    messages.insertOne(answer(answer));
    seconds(8, one, two, three);
    for (Replica replica : all) {
      assertThat(replica.announced)
          .containsExactlyInAnyOrder(own, question.getObjectId("_id"), answer.getObjectId("_id"));
    }
    assertThat(two.commands).noneMatch(command -> command.contains("\"messages\""));
    assertThat(three.commands).noneMatch(command -> command.contains("\"messages\""));
    assertThat(one.passed).hasSize(4).doesNotHaveDuplicates();
    assertThat(two.passed).isEmpty();
    assertThat(client.getDatabase("LibreChat").getCollection("switchboard_feed").countDocuments())
        .as("three messages and the mark of the beginning")
        .isEqualTo(4);
    assertThat(all).allMatch(Replica::isReady);
  }

  @Test
  void no_message_is_lost_or_repeated_when_the_reader_dies() {
    Replica dying = replica("dying");
    Replica heir = replica("heir");
    Replica third = replica("third");
    seconds(2, dying, heir, third);
    List<ObjectId> expected = new ArrayList<>();
    expected.add(heir.injects(external()));
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
      expected.add(second % 2 == 0 ? heir.injects(message) : third.injects(message));
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
    Replica frozen = replica("frozen");
    Replica heir = replica("heir");
    seconds(2, frozen, heir);
    List<ObjectId> expected = new ArrayList<>();
    for (int second = 0; second < 20; second++) {
      expected.add(heir.injects(external()));
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
      expected.add(frozen.injects(external()));
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
    Replica reader = replica("reader");
    Replica cut = replica("cut");
    seconds(2, reader, cut);
    List<ObjectId> expected = new ArrayList<>();
    for (int second = 0; second < 60; second++) {
      expected.add(reader.injects(external()));
      expected.add(cut.injects(external()));
      second(reader);
    }
    seconds(2, reader, cut);
    assertThat(cut.announced).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(reader.announced).containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {-5, 5})
  void a_follower_whose_clock_is_wrong_by_five_minutes_misses_and_repeats_nothing(long minutes) {
    Replica reader = replica("reader");
    second(reader);
    Replica wrong = new Replica("wrong", Duration.ofMinutes(minutes));
    seconds(2, reader, wrong);
    List<ObjectId> expected = new ArrayList<>();
    for (int second = 0; second < 10; second++) {
      expected.add(reader.injects(external()));
      second(reader, wrong);
    }
    seconds(2, reader, wrong);
    assertThat(wrong.announced).containsExactlyElementsOf(expected);
  }

  @Test
  void a_message_that_the_reader_does_not_find_gets_its_entry_from_its_own_replica() {
    Replica reader = replica("reader");
    Replica wrong = replica("wrong");
    seconds(2, reader, wrong);
    // The date of a replica whose clock is behind, where the reader polls by the date.
    ObjectId late =
        wrong.injects(
            external().append("createdAt", new Date(System.currentTimeMillis() - 300_000)));
    seconds(3, reader, wrong);
    assertThat(reader.announced).doesNotContain(late);
    assertThat(wrong.own.of("owner")).extracting(FeedEntry::id).containsExactly(late);
    wrong.skew = Duration.ofSeconds(31);
    seconds(3, reader, wrong);
    assertThat(reader.passed).doesNotContain(late);
    assertThat(wrong.own.of("owner")).isEmpty();
    assertThat(entriesOf(wrong)).contains(late);
    Replica next = replica("next");
    second(reader, wrong, next);
    assertThat(wrong.announced).containsExactly(late);
  }

  @Test
  void by_the_change_stream_an_entry_is_heard_without_a_poll_and_once() {
    Replica reader = replica("reader");
    second(reader);
    Replica follower = new Replica("follower", Duration.ZERO, CHANGES);
    seconds(2, reader, follower);
    ObjectId own = follower.injects(external());
    insert(own, "message");
    ObjectId other = new ObjectId();
    insert(other, "reply");
    await().until(() -> follower.announced.contains(other));
    assertThat(follower.own.of("owner")).isEmpty();
    insert(new ObjectId(), "gap");
    await().until(() -> follower.skipped == 1);
    seconds(2, reader, follower);
    assertThat(follower.announced).containsExactly(own, other);
    assertThat(follower.skipped).isEqualTo(1);
  }

  /** The database of the tests has no changes of upserts, unlike MongoDB. */
  private void insert(ObjectId id, String kind) {
    client
        .getDatabase("LibreChat")
        .getCollection("switchboard_feed")
        .insertOne(
            new Document("_id", id)
                .append("user", "owner")
                .append("kind", kind)
                .append("at", new Date())
                .append("createdAt", new Date()));
  }

  @Test
  void a_message_between_its_announcement_and_its_entry_is_found_by_a_replay() {
    Replica reader = replica("reader");
    Replica replica = replica("replica");
    seconds(2, reader, replica);
    ObjectId injected = replica.injects(external());
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
    Replica first = replica("first");
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
    Replica follower = replica("follower");
    Replica heir = replica("heir");
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
    Replica replica = replica("replica");
    second(replica);
    Document message = external();
    replica.injects(message);
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
    Replica replica = replica("replica");
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
      replica.injects(external().append("user", "heavy"));
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

  private static List<ObjectId> entriesOf(Replica replica) {
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
