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
 * Notices when the database goes away, and tells those who must know when it is back. The driver
 * notices it itself, from every connection that breaks; it is listened to.
 */
@ApplicationScoped
public class DatabaseWatch implements MongoClientCustomizer {

  private static final Logger LOG = Logger.getLogger(DatabaseWatch.class);

  /** The driver's own default is 10 s, by which a return could be noticed too late. */
  private static final int LOOK_EVERY_SECONDS = 2;

  private final Event<DatabaseRecovered> back;
  private final MongoOptions options;

  /** Whether each client of ours (there are two) has a server; missing until it had one. */
  private final Map<ClusterId, Boolean> here = new HashMap<>();

  private boolean away;
  private boolean stopping;
  private volatile ClusterType kind = ClusterType.UNKNOWN;

  DatabaseWatch(Event<DatabaseRecovered> back, MongoOptions options) {
    this.back = back;
    this.options = options;
  }

  @Override
  public MongoClientSettings.Builder customize(MongoClientSettings.Builder settings) {
    return options
        .apply(settings)
        .applyToServerSettings(
            server -> server.heartbeatFrequency(LOOK_EVERY_SECONDS, TimeUnit.SECONDS))
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

  /** Whether the server is of the kind that has change streams, as it says itself. */
  public boolean hasChangeStreams() {
    return kind == ClusterType.REPLICA_SET || kind == ClusterType.SHARDED;
  }

  private void changed(ClusterId client, boolean hasServer) {
    if (isBack(client, hasServer)) {
      LOG.info("The database is reachable again.");
      back.fire(new DatabaseRecovered());
    }
  }

  /** Our own goodbye is no outage. */
  synchronized void onStop(@Observes ShutdownEvent event) {
    stopping = true;
  }

  private synchronized boolean isBack(ClusterId client, boolean hasServer) {
    if (stopping || (!hasServer && !here.containsKey(client))) {
      // Not there yet, which is how every client begins; or not any more.
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
