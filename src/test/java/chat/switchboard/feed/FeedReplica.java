package chat.switchboard.feed;

import chat.switchboard.librechat.LibreChatStores;
import chat.switchboard.librechat.MessageConfig;
import chat.switchboard.librechat.MessageQueries;
import chat.switchboard.librechat.MessageSummary;
import chat.switchboard.mongo.Batchers;
import chat.switchboard.mongo.DatabaseName;
import chat.switchboard.mongo.LeaseStore;
import chat.switchboard.mongo.TestDatabaseName;
import chat.switchboard.ops.Timers;
import chat.switchboard.support.Configured;
import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoCollection;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.mongodb.impl.ReactiveMongoClientImpl;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** A replica with its own connection and its own clock. */
final class FeedReplica implements NewMessageListener, SeenMessageListener, AutoCloseable {

  final List<ObjectId> announced = new CopyOnWriteArrayList<>();
  final List<ObjectId> passed = new CopyOnWriteArrayList<>();
  final List<String> commands = new CopyOnWriteArrayList<>();
  final SeenMessages seen = new SeenMessages();
  final OwnAnnouncements own;
  final FeedEntries entries;
  final FeedBus bus;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final FeedDriver driver;
  final FeedElection election;
  final com.mongodb.reactivestreams.client.MongoClient connection;
  Duration skew;
  volatile int skipped;

  /** When each message was announced. */
  volatile Map<ObjectId, Long> heard = new ConcurrentHashMap<>();

  /**
   * @param bus makes the bus of a follower
   */
  FeedReplica(
      String uri,
      LeaseStore leases,
      Timers timers,
      Duration skew,
      FeedConfig config,
      Function<FeedFollower, FeedBus> bus) {
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
            return Instant.now().plus(FeedReplica.this.skew);
          }
        };
    connection =
        com.mongodb.reactivestreams.client.MongoClients.create(
            MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(uri))
                .addCommandListener(recorder(commands))
                .build());
    ReactiveMongoClient reactive = new ReactiveMongoClientImpl(connection);
    DatabaseName database = TestDatabaseName.of(uri);
    MessageQueries queries = LibreChatStores.queries(reactive, database);
    entries = new FeedEntries(reactive, database, config, clock, new Batchers(timers));
    ReaderPosition position = new ReaderPosition(reactive, database);
    own = new OwnAnnouncements(clock);
    FeedFollower follower = new FeedFollower(entries, position, own, seen, this, config, clock);
    this.bus = bus.apply(follower);
    election = new FeedElection(leases, timers);
    driver =
        new FeedDriver(
            new FeedReader(
                queries,
                LibreChatStores.copiedRoles(
                    reactive, database, Configured.with(MessageConfig.class), clock),
                entries,
                this.bus,
                position,
                own,
                seen,
                this,
                this,
                config,
                clock),
            follower,
            entries,
            own,
            this.bus,
            election,
            null,
            null,
            config,
            meters);
  }

  @Override
  public Uni<Void> onNew(List<FeedEntry> found) {
    found.stream()
        .filter(one -> seen.add(one.id(), one.createdAt(), 0))
        .forEach(
            one -> {
              heard.putIfAbsent(one.id(), System.nanoTime());
              announced.add(one.id());
            });
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
  ObjectId injects(MongoCollection<Document> messages, Document message) {
    messages.insertOne(message);
    ObjectId id = message.getObjectId("_id");
    seen.add(id, message.getDate("createdAt"), 0);
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

  @Override
  public void close() {
    driver.onStopping(null);
    connection.close();
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
                commands.add(
                    event.getCommand().isString(name)
                        ? name + " " + event.getCommand().getString(name).getValue()
                        : name);
              }
              return null;
            });
  }
}
