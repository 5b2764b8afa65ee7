package chat.switchboard.media;

import static org.bson.codecs.configuration.CodecRegistries.fromProviders;
import static org.bson.codecs.configuration.CodecRegistries.fromRegistries;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.quarkus.mongodb.impl.ReactiveMongoClientImpl;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.UUID;
import org.bson.codecs.pojo.PojoCodecProvider;

/** A database of its own for tests without the container: in this process, or that of MONGO_URI. */
final class MediaDatabase implements AutoCloseable {

  private final MongoServer server;
  private final MongoClient client;
  private final MongoDatabase database;

  MediaDatabase() {
    // The driver's threads may have the class loader of an application that has ended, and Mutiny
    // would look there for what carries the context of a request.
    Infrastructure.clearInterceptors();
    String real = System.getenv("MONGO_URI");
    server = real == null ? new MongoServer(new MemoryBackend()) : null;
    String uri = real == null ? server.bindAndGetConnectionString() : real;
    client =
        MongoClients.create(
            MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(uri))
                .codecRegistry(
                    fromRegistries(
                        MongoClientSettings.getDefaultCodecRegistry(),
                        fromProviders(PojoCodecProvider.builder().automatic(true).build())))
                .build());
    database = client.getDatabase("media_" + UUID.randomUUID().toString().substring(0, 8));
  }

  MongoDatabase database() {
    return database;
  }

  ReactiveMongoCollection<MediaItem> items() {
    return new ReactiveMongoClientImpl(client)
        .getDatabase(database.getName())
        .getCollection(MediaItem.COLLECTION, MediaItem.class);
  }

  @Override
  public void close() {
    io.smallrye.mutiny.Uni.createFrom()
        .publisher(mutiny.zero.flow.adapters.AdaptersToFlow.publisher(database.drop()))
        .await()
        .atMost(Duration.ofSeconds(10));
    client.close();
    if (server != null) {
      server.shutdownNow();
    }
  }

  /** A clock that the test turns. */
  static final class Clock extends java.time.Clock {

    private Instant now = Instant.parse("2026-11-26T12:00:00Z");

    void turn(Duration by) {
      now = now.plus(by);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public java.time.Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  /** LibreChat's secret, from which capabilities of outgoing files follow. */
  static chat.switchboard.ops.JwtSecretConfig secret() {
    return new chat.switchboard.ops.JwtSecretConfig() {
      @Override
      public java.util.Optional<String> jwtSecret() {
        return java.util.Optional.of("a secret of the tests, which has 32 characters");
      }

      @Override
      public boolean allowWeakJwtSecret() {
        return false;
      }
    };
  }

  /** The defaults of the settings. */
  static MediaConfig config(String... more) {
    var builder =
        new io.smallrye.config.SmallRyeConfigBuilder()
            .withMapping(MediaConfig.class)
            .withConverter(
                Duration.class, 200, new io.quarkus.runtime.configuration.DurationConverter())
            .addDefaultInterceptors();
    for (int i = 0; i < more.length; i += 2) {
      builder.withDefaultValue(more[i], more[i + 1]);
    }
    return builder.build().getConfigMapping(MediaConfig.class);
  }
}
