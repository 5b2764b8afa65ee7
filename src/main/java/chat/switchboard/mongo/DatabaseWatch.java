package chat.switchboard.mongo;

import com.mongodb.MongoClientSettings;
import com.mongodb.connection.ClusterId;
import com.mongodb.connection.ClusterType;
import com.mongodb.event.ClusterDescriptionChangedEvent;
import com.mongodb.event.ClusterListener;
import io.quarkus.mongodb.runtime.MongoClientCustomizer;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Watches whether the database can be reached, and fires {@link DatabaseRecovered} after an outage.
 * The driver detects an outage from every broken connection; this class listens to the driver.
 */
@ApplicationScoped
public class DatabaseWatch implements MongoClientCustomizer {

  private static final Logger LOG = Logger.getLogger(DatabaseWatch.class);

  /** The driver's default is 10 s, which would detect the end of an outage too late. */
  static final int LOOK_EVERY_SECONDS = 2;

  private final Event<DatabaseRecovered> back;
  private final MongoOptions options;
  private final ServerClock clock;

  /**
   * Whether each of the two clients of this process has a server; missing until the first server.
   */
  private final Map<ClusterId, Boolean> here = new HashMap<>();

  private boolean away;
  private boolean stopping;
  private volatile ClusterType kind = ClusterType.UNKNOWN;

  DatabaseWatch(Event<DatabaseRecovered> back, MongoOptions options, ServerClock clock) {
    this.back = back;
    this.options = options;
    this.clock = clock;
  }

  @Override
  public MongoClientSettings.Builder customize(MongoClientSettings.Builder settings) {
    return options
        .apply(settings)
        .applyToServerSettings(
            server ->
                server
                    .heartbeatFrequency(LOOK_EVERY_SECONDS, TimeUnit.SECONDS)
                    .addServerMonitorListener(clock))
        .applyToClusterSettings(
            cluster ->
                cluster.addClusterListener(
                    new ClusterListener() {
                      @Override
                      public void clusterDescriptionChanged(ClusterDescriptionChangedEvent event) {
                        if (event.getNewDescription().getType() != ClusterType.UNKNOWN) {
                          kind = event.getNewDescription().getType();
                        }
                        changed(
                            event.getClusterId(), event.getNewDescription().hasWritableServer());
                      }
                    }));
  }

  /** Whether the kind of the server, as the server reports it, has change streams. */
  public boolean hasChangeStreams() {
    return kind == ClusterType.REPLICA_SET || kind == ClusterType.SHARDED;
  }

  /** Whether each client of this process has a server that accepts writes. */
  synchronized boolean isReachable() {
    return !here.isEmpty() && here.values().stream().allMatch(Boolean::booleanValue);
  }

  private void changed(ClusterId client, boolean hasServer) {
    if (isBack(client, hasServer)) {
      LOG.info("The database is reachable again.");
      back.fire(new DatabaseRecovered());
    }
  }

  /** The shutdown of the client is not an outage. */
  synchronized void onStop(@Observes ShutdownEvent event) {
    stopping = true;
  }

  private synchronized boolean isBack(ClusterId client, boolean hasServer) {
    if (stopping || (!hasServer && !here.containsKey(client))) {
      // Not connected yet, which is the first state of every client, or disconnected.
      return false;
    }
    here.put(client, hasServer);
    boolean allHere = here.values().stream().allMatch(Boolean::booleanValue);
    if (!allHere && !away) {
      away = true;
      LOG.error("The database is unreachable.");
    } else if (allHere && away) {
      away = false;
      return true;
    }
    return false;
  }
}
