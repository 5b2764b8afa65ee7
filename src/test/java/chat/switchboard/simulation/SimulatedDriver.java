package chat.switchboard.simulation;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoDriverInformation;
import com.mongodb.ServerAddress;
import com.mongodb.WriteConcern;
import com.mongodb.connection.ClusterConnectionMode;
import com.mongodb.connection.ClusterDescription;
import com.mongodb.connection.ClusterId;
import com.mongodb.connection.ClusterSettings;
import com.mongodb.connection.ClusterType;
import com.mongodb.connection.ConnectionDescription;
import com.mongodb.connection.ConnectionId;
import com.mongodb.connection.ServerConnectionState;
import com.mongodb.connection.ServerDescription;
import com.mongodb.connection.ServerId;
import com.mongodb.connection.ServerType;
import com.mongodb.internal.async.SingleResultCallback;
import com.mongodb.internal.connection.AsyncConnection;
import com.mongodb.internal.connection.ClientMetadata;
import com.mongodb.internal.connection.Cluster;
import com.mongodb.internal.connection.ClusterClock;
import com.mongodb.internal.connection.OperationContext;
import com.mongodb.internal.connection.Server;
import com.mongodb.internal.connection.ServerTuple;
import com.mongodb.internal.connection.SplittablePayload;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.internal.MongoClientImpl;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonDocumentWriter;
import org.bson.BsonInt64;
import org.bson.UuidRepresentation;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.Decoder;
import org.bson.codecs.EncoderContext;
import org.bson.codecs.configuration.CodecRegistries;
import org.bson.codecs.configuration.CodecRegistry;
import org.bson.codecs.pojo.Conventions;
import org.bson.codecs.pojo.PojoCodecProvider;

/** The real driver of MongoDB, over connections of the model. */
final class SimulatedDriver {

  /** The version of the wire protocol of MongoDB 4.4. */
  private static final int WIRE = 9;

  private static final ServerAddress ADDRESS = new ServerAddress("mongo.simulation", 27017);
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();
  private static final ServerId SERVER = new ServerId(new ClusterId("simulation"), ADDRESS);
  private static final ServerDescription DESCRIPTION =
      ServerDescription.builder()
          .address(ADDRESS)
          .type(ServerType.STANDALONE)
          .state(ServerConnectionState.CONNECTED)
          .ok(true)
          .minWireVersion(0)
          .maxWireVersion(WIRE)
          .build();
  private static final ConnectionDescription CONNECTION =
      new ConnectionDescription(
          new ConnectionId(SERVER),
          WIRE,
          ServerType.STANDALONE,
          100_000,
          16 * 1024 * 1024,
          48_000_000,
          List.of());

  /** In common for all replicas: the codecs of the entities are expensive to make. */
  private static final CodecRegistry CODECS =
      CodecRegistries.fromRegistries(
          MongoClientSettings.getDefaultCodecRegistry(),
          CodecRegistries.fromProviders(
              PojoCodecProvider.builder()
                  .automatic(true)
                  .conventions(Conventions.DEFAULT_CONVENTIONS)
                  .build()));

  private final SimulatedReplica replica;
  private final SimulatedMongo mongo;

  private SimulatedDriver(SimulatedReplica replica, SimulatedMongo mongo) {
    this.replica = replica;
    this.mongo = mongo;
  }

  static MongoClient client(SimulatedReplica replica, SimulatedMongo mongo) {
    MongoClientSettings settings =
        MongoClientSettings.builder()
            .applyConnectionString(new ConnectionString("mongodb://mongo.simulation"))
            .writeConcern(WriteConcern.MAJORITY)
            .retryReads(false)
            .retryWrites(false)
            .uuidRepresentation(UuidRepresentation.STANDARD)
            .codecRegistry(CODECS)
            .build();
    return new MongoClientImpl(
        settings, null, new SimulatedDriver(replica, mongo).cluster(settings), () -> {});
  }

  private Cluster cluster(MongoClientSettings settings) {
    ClusterSettings clusterSettings = settings.getClusterSettings();
    ClusterDescription description =
        new ClusterDescription(
            ClusterConnectionMode.SINGLE, ClusterType.STANDALONE, List.of(DESCRIPTION));
    ServerTuple tuple = new ServerTuple(server(), DESCRIPTION);
    ClusterClock clock = new ClusterClock();
    ClientMetadata metadata = new ClientMetadata(null, MongoDriverInformation.builder().build());
    return SimulatedVertx.proxy(
        Cluster.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "getSettings" -> clusterSettings;
              case "getCurrentDescription" -> description;
              case "getClusterId" -> SERVER.getClusterId();
              case "getClock" -> clock;
              case "getClientMetadata" -> metadata;
              case "isClosed" -> false;
              case "close" -> null;
              case "selectServerAsync" -> {
                callback(arguments).onResult(tuple, null);
                yield null;
              }
              default -> throw new UnsupportedOperationException(method.toString());
            });
  }

  private Server server() {
    AsyncConnection connection = connection();
    return SimulatedVertx.proxy(
        Server.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "operationCount" -> 0;
              case "getConnectionAsync" -> {
                callback(arguments).onResult(connection, null);
                yield null;
              }
              default -> throw new UnsupportedOperationException(method.toString());
            });
  }

  private AsyncConnection connection() {
    return SimulatedVertx.proxy(
        AsyncConnection.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "getDescription" -> CONNECTION;
              case "retain" -> self;
              case "release", "getCount" -> 1;
              case "markAsPinned" -> null;
              case "commandAsync" -> {
                command(arguments);
                yield null;
              }
              default -> throw new UnsupportedOperationException(method.toString());
            });
  }

  private void command(Object[] arguments) {
    BsonDocument command = copy((BsonDocument) arguments[1]);
    for (Object argument : arguments) {
      if (argument instanceof SplittablePayload payload) {
        BsonArray documents = new BsonArray();
        payload.getPayload().forEach(one -> documents.add(copy(one)));
        payload.setPosition(payload.size());
        command.append(payload.getPayloadName(), documents);
      }
    }
    // The driver's connection adds the time for which the server holds back a response.
    ((OperationContext) arguments[5])
        .getTimeoutContext()
        .runMaxTimeMS(time -> command.append("maxTimeMS", new BsonInt64(time)));
    @SuppressWarnings("unchecked")
    Decoder<Object> decoder = (Decoder<Object>) arguments[4];
    mongo.send(replica, command, decoder, callback(arguments));
  }

  /** The documents of a command are written when the command is sent. */
  private static BsonDocument copy(BsonDocument document) {
    BsonDocument copy = new BsonDocument();
    CODEC.encode(new BsonDocumentWriter(copy), document, EncoderContext.builder().build());
    return copy;
  }

  @SuppressWarnings("unchecked")
  private static SingleResultCallback<Object> callback(Object[] arguments) {
    return (SingleResultCallback<Object>) arguments[arguments.length - 1];
  }
}
