package chat.switchboard.support;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import de.bwaldvogel.mongo.MongoServer;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** The tests' database as a separate program, for services that are started from a shell. */
public final class StandaloneDatabase {

  private StandaloneDatabase() {}

  /**
   * Takes the port on the loopback address; runs until it is killed. With a second argument it
   * makes a user with a conversation, and prints the conversation's id and a token for {@code
   * ci-only-…}.
   */
  public static void main(String[] arguments) throws InterruptedException {
    MongoServer server = new MongoServer(new IndexedBackend());
    server.bind("127.0.0.1", Integer.parseInt(arguments[0]));
    String uri = server.getConnectionString() + "/LibreChat";
    try (MongoClient client = MongoClients.create(uri)) {
      TestDatabase.asLibreChatLeavesIt(client.getDatabase("LibreChat"));
    }
    if (arguments.length > 1) {
      TestDatabase.use(uri);
      try (LibreChat libreChat = new LibreChat()) {
        String user = libreChat.owner();
        System.out.println(
            "demo: "
                + libreChat.conversation(user)
                + " "
                + LibreChat.token(
                    user,
                    Duration.ofMinutes(15),
                    "ci-only-0123456789-0123456789-0123456789",
                    SignatureAlgorithm.HS256));
      }
    }
    System.out.println("The database listens at " + uri);
    new CountDownLatch(1).await();
  }
}
