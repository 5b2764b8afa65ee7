package chat.switchboard.support;

import com.mongodb.ConnectionString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/**
 * A database behind a proxy that differs from MongoDB, and a connection string with options that
 * would lose messages.
 */
public abstract class OddDatabase extends TestDatabase {

  /** Options that an operator may have set for LibreChat. */
  public static final String OPTIONS =
      "w=1&journal=false&readPreference=secondaryPreferred&readConcernLevel=available"
          + "&retryWrites=false&wtimeoutMS=60000";

  private static CommandProxy proxy;

  @Override
  public Map<String, String> start() {
    Map<String, String> config = new HashMap<>(super.start());
    try {
      proxy = new CommandProxy(new ConnectionString(uri()));
    } catch (IOException noPort) {
      throw new UncheckedIOException(noPort);
    }
    proxy.answer(this::answer);
    config.put(
        "quarkus.mongodb.connection-string",
        "mongodb://127.0.0.1:" + proxy.relay().port() + "/" + name() + "?" + OPTIONS);
    return config;
  }

  /** After the database of other tests, whose connection string would hold otherwise. */
  @Override
  public int order() {
    return 1;
  }

  @Override
  public void stop() {
    try {
      if (proxy != null) {
        proxy.close();
      }
    } catch (IOException alreadyClosed) {
      // There is no resource to close.
    }
    super.stop();
  }

  /** The server's answer where it differs. */
  Optional<BsonDocument> answer(BsonDocument command) {
    return Optional.empty();
  }

  public static CommandProxy proxy() {
    return proxy;
  }

  private static boolean makesIndexWith(BsonDocument command, String option) {
    return "createIndexes".equals(command.getFirstKey())
        && command.getArray("indexes").stream()
            .map(BsonValue::asDocument)
            .anyMatch(index -> index.containsKey(option));
  }

  /** A server without TTL and partial indexes, such as FerretDB 1. */
  public static final class WithPlainIndexes extends OddDatabase {
    @Override
    Optional<BsonDocument> answer(BsonDocument command) {
      return makesIndexWith(command, "expireAfterSeconds")
              || makesIndexWith(command, "partialFilterExpression")
          ? Optional.of(
              CommandProxy.refusal(238, "NotImplemented", "Index option is not implemented"))
          : Optional.empty();
    }
  }

  /** A server whose connections a test breaks. */
  public static final class BehindACable extends OddDatabase {
    @Override
    public Map<String, String> start() {
      Map<String, String> config = super.start();
      // A lease whose return is lost is free soon.
      config.put("switchboard.inbox.lease", "3s");
      return config;
    }
  }

  /**
   * A server with many documents, where an index build takes longer than the time limit of other
   * commands.
   */
  public static final class WithSlowIndexes extends OddDatabase {

    public static final long MILLIS = 7_000;

    @Override
    Optional<BsonDocument> answer(BsonDocument command) {
      boolean isSlow =
          (makesIndexWith(command, "unique") || makesIndexWith(command, "expireAfterSeconds"))
              && "switchboard_outbox".equals(command.getString("createIndexes").getValue());
      if (isSlow) {
        try {
          Thread.sleep(MILLIS);
        } catch (InterruptedException ended) {
          Thread.currentThread().interrupt();
        }
      }
      return Optional.empty();
    }
  }
}
