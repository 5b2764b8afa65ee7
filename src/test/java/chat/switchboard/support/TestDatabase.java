package chat.switchboard.support;

import com.mongodb.ConnectionString;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The database of the tests: a server of its own in this process, or the one that {@code MONGO_URI}
 * names, where each run takes a database of its own.
 */
public class TestDatabase implements QuarkusTestResourceLifecycleManager {

  public static final String API_KEY = "test-key-0123456789-0123456789-0123456789";
  public static final String OLD_API_KEY = "test-key-before-the-rotation-0123456789";
  public static final String JWT_SECRET =
      "test-jwt-secret-0123456789-0123456789-0123456789-0123456789-0123456789";
  public static final String AUTH_TOKEN = "test-auth-token";
  public static final String OLD_AUTH_TOKEN = "test-auth-token-before-the-rotation";
  public static final String PUBLIC_URL = "https://chat.example.com";
  public static final String OWNER_EMAIL = "owner@example.com";

  private static String uri;
  private MongoServer server;
  private String own;

  @Override
  public Map<String, String> start() {
    String real = System.getenv("MONGO_URI");
    if (real == null || real.isBlank()) {
      server = server();
      uri = server.bindAndGetConnectionString() + "/LibreChat";
    } else {
      uri = withDatabase(real, "switchboard_test_" + UUID.randomUUID().toString().substring(0, 8));
    }
    own = uri;
    System.setProperty(UnfinishedWork.URI, uri);
    try (MongoClient client = MongoClients.create(uri)) {
      asLibreChatLeavesIt(client.getDatabase(name()));
    }
    Map<String, String> config = new HashMap<>();
    config.put("quarkus.mongodb.connection-string", uri);
    config.put("switchboard.api-keys", API_KEY + "," + OLD_API_KEY);
    config.put("switchboard.jwt-secret", JWT_SECRET);
    config.put("switchboard.twilio.account-sid", Twilio.ACCOUNT);
    config.put("switchboard.twilio.auth-tokens", AUTH_TOKEN + "," + OLD_AUTH_TOKEN);
    config.put("switchboard.public-url", PUBLIC_URL);
    config.put("switchboard.owner", OWNER_EMAIL);
    config.put("switchboard.stream.keep-alive", "2s");
    // No server listens on this port: no test calls the real Twilio.
    config.put("switchboard.twilio.api-url", "http://127.0.0.1:9");
    return config;
  }

  @Override
  public void stop() {
    if (server != null) {
      server.shutdownNow();
      return;
    }
    try (MongoClient client = MongoClients.create(own)) {
      client.getDatabase(new ConnectionString(own).getDatabase()).drop();
    }
  }

  MongoServer server() {
    return new MongoServer(new MemoryBackend());
  }

  /** A database with a log of operations, like the members of a replica set. */
  public static final class WithChangeStreams extends TestDatabase {
    @Override
    MongoServer server() {
      MongoServer server = super.server();
      server.enableOplog();
      return server;
    }
  }

  /** The connection string of the running tests. */
  public static String uri() {
    return uri;
  }

  static void use(String running) {
    uri = running;
  }

  static String name() {
    return new ConnectionString(uri).getDatabase();
  }

  /** LibreChat has its indexes before we come. */
  static void asLibreChatLeavesIt(MongoDatabase database) {
    database
        .getCollection("messages")
        .createIndex(
            Indexes.ascending("messageId", "user", "tenantId"), new IndexOptions().unique(true));
    database
        .getCollection("conversations")
        .createIndex(
            Indexes.ascending("conversationId", "user", "tenantId"),
            new IndexOptions().unique(true));
  }

  private static String withDatabase(String uri, String database) {
    int query = uri.indexOf('?');
    String address = query < 0 ? uri : uri.substring(0, query);
    int path = address.indexOf('/', address.indexOf("://") + 3);
    String host = path < 0 ? address : address.substring(0, path);
    return host + "/" + database + (query < 0 ? "" : uri.substring(query));
  }
}
