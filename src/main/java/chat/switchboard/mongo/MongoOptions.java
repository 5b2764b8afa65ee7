package chat.switchboard.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.ReadConcern;
import com.mongodb.ReadConcernLevel;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The write concern, the read preference and the read concern of Switchboard. LibreChat uses the
 * same connection string and may need weaker guarantees: the string's options for writes and reads
 * do not apply here. Writes use {@code w=majority} and {@code journal=true}, and reads go to the
 * primary, unless {@code switchboard.mongo.options} says otherwise.
 *
 * <p>Switchboard sends no read concern: atomic writes (an insert against a unique index, {@code
 * findOneAndUpdate}) make every exact decision, and a server refuses a change stream with any level
 * but {@code majority}. {@code retryWrites} comes from the connection string, since the option
 * depends on the server.
 */
@ApplicationScoped
class MongoOptions {

  /** A write waits for the majority at most for this share of the caller's time. */
  private static final double SHARE_OF_TIMEOUT = 0.8;

  private static final Set<String> TRUTHS = Set.of("true", "false");

  /** Options of a connection string that {@code switchboard.mongo.options} accepts. */
  private static final List<String> NAMES =
      List.of(
          "w",
          "wtimeoutMS",
          "journal",
          "readPreference",
          "readPreferenceTags",
          "maxStalenessSeconds",
          "readConcernLevel",
          "retryWrites",
          "retryReads");

  /** Options of the shared connection string that do not apply here. */
  private static final Set<String> OVERRULED =
      Set.of(
          "w",
          "wtimeout",
          "wtimeoutms",
          "journal",
          "j",
          "safe",
          "readpreference",
          "readpreferencetags",
          "maxstalenessseconds",
          "readconcernlevel");

  private final WriteConcern writeConcern;
  private final ReadPreference readPreference;
  private final ReadConcern readConcern;
  private final Boolean retryWrites;
  private final Boolean retryReads;
  private final List<String> overruled;

  @Inject
  MongoOptions(
      DatabaseConfig databaseConfig,
      MongoConfig mongoConfig,
      @ConfigProperty(name = "quarkus.mongodb.connection-string") String connectionString) {
    this(mongoConfig.options().orElse(""), databaseConfig.timeout(), connectionString);
  }

  MongoOptions(String options, Duration timeout, String connectionString) {
    WriteConcern write =
        WriteConcern.MAJORITY
            .withJournal(true)
            .withWTimeout((long) (timeout.toMillis() * SHARE_OF_TIMEOUT), TimeUnit.MILLISECONDS);
    ReadConcern level = ReadConcern.DEFAULT;
    Boolean writesAgain = null;
    Boolean readsAgain = null;
    List<String> ofReads = new ArrayList<>();
    for (String option : options.strip().split("&")) {
      if (option.isBlank()) {
        continue;
      }
      int equals = option.indexOf('=');
      String name = nameOf(equals < 0 ? option : option.substring(0, equals));
      String value = equals < 0 ? "" : decoded(name, option.substring(equals + 1).strip());
      switch (name) {
        case "w" -> write = acknowledgedBy(write, value);
        case "wtimeoutMS" -> write = write.withWTimeout(number(name, value), TimeUnit.MILLISECONDS);
        case "journal" -> write = write.withJournal(truth(name, value));
        case "readConcernLevel" -> level = level(value);
        case "retryWrites" -> writesAgain = truth(name, value);
        case "retryReads" -> readsAgain = truth(name, value);
        default -> ofReads.add(option.strip());
      }
    }
    this.writeConcern = write;
    this.readConcern = level;
    this.retryWrites = writesAgain;
    this.retryReads = readsAgain;
    this.readPreference = preference(ofReads);
    this.overruled = overruledIn(connectionString);
  }

  /** Creates this bean before all others at the start: a wrong option stops the start. */
  void onStart(@Observes @Priority(2) StartupEvent event) {
    // The constructor has checked the options.
  }

  MongoClientSettings.Builder apply(MongoClientSettings.Builder settings) {
    settings.writeConcern(writeConcern).readPreference(readPreference).readConcern(readConcern);
    if (retryWrites != null) {
      settings.retryWrites(retryWrites);
    }
    if (retryReads != null) {
      settings.retryReads(retryReads);
    }
    return settings;
  }

  WriteConcern writeConcern() {
    return writeConcern;
  }

  ReadPreference readPreference() {
    return readPreference;
  }

  ReadConcern readConcern() {
    return readConcern;
  }

  /** Options of the connection string that do not apply here, such as {@code w=1}. */
  List<String> overruled() {
    return overruled;
  }

  private static String nameOf(String given) {
    String name = given.strip().toLowerCase(Locale.ROOT);
    return NAMES.stream()
        .filter(known -> known.toLowerCase(Locale.ROOT).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                wrong(
                    "has the unknown option '"
                        + given.strip()
                        + "'; known: "
                        + String.join(", ", NAMES)));
  }

  private static String decoded(String name, String value) {
    try {
      return URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException broken) {
      throw wrong("has a value of " + name + " with an invalid percent encoding");
    }
  }

  private static WriteConcern acknowledgedBy(WriteConcern before, String value) {
    if (value.matches("\\d{1,2}") && Integer.parseInt(value) > 0) {
      return before.withW(Integer.parseInt(value));
    }
    // Every other value is "majority" or the name of a custom write concern of the replica set.
    if (value.matches("[A-Za-z][A-Za-z0-9_.-]*")) {
      return before.withW(value);
    }
    throw wrong(
        "has w="
            + value
            + "; allowed are a number from 1 to 99, majority, or the name of a write concern of the replica"
            + " set. Without an acknowledgement (w=0) a message could be lost without an error");
  }

  private static boolean truth(String name, String value) {
    if (!TRUTHS.contains(value)) {
      throw wrong("has " + name + "=" + value + "; allowed are true and false");
    }
    return Boolean.parseBoolean(value);
  }

  private static long number(String name, String value) {
    if (!value.matches("\\d{1,8}")) {
      throw wrong("has " + name + "=" + value + "; allowed are milliseconds, and 0 for no limit");
    }
    return Long.parseLong(value);
  }

  private static ReadConcern level(String value) {
    try {
      return new ReadConcern(ReadConcernLevel.fromString(value));
    } catch (IllegalArgumentException unknown) {
      throw wrong(
          "has readConcernLevel="
              + value
              + "; allowed are local, majority, linearizable and available");
    }
  }

  private static ReadPreference preference(List<String> options) {
    if (options.isEmpty()) {
      return ReadPreference.primary();
    }
    try {
      ReadPreference given =
          new ConnectionString("mongodb://localhost/?" + String.join("&", options))
              .getReadPreference();
      return given == null ? ReadPreference.primary() : given;
    } catch (RuntimeException wrong) {
      throw wrong("has " + String.join("&", options) + ": " + wrong.getMessage());
    }
  }

  private static ConfigurationException wrong(String complaint) {
    return new ConfigurationException(
        "switchboard.mongo.options (SWITCHBOARD_MONGO_OPTIONS) " + complaint + ".");
  }

  private static List<String> overruledIn(String connectionString) {
    int query = connectionString.indexOf('?');
    return query < 0
        ? List.of()
        : List.of(connectionString.substring(query + 1).split("[&;]")).stream()
            .filter(
                option ->
                    OVERRULED.contains(option.split("=", 2)[0].strip().toLowerCase(Locale.ROOT)))
            .toList();
  }
}
