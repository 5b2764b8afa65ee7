package chat.switchboard.mongo;

import com.mongodb.event.CommandFailedEvent;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import com.mongodb.event.CommandSucceededEvent;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ArcContainer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/**
 * Notes in {@link RecentWrites} that this process has changed a document. Quarkus creates the
 * listener and adds it to the clients, so that the constructor has no parameters.
 */
public final class WriteListener implements CommandListener {

  private static final Set<String> WRITES = Set.of("insert", "update", "delete", "findAndModify");

  /** A replica without work writes these collections too. */
  private static final Set<String> WITHOUT_WORK =
      Set.of("switchboard_leases", "switchboard_feed", "switchboard_feed_reader");

  /** More than the connections of the clients. */
  private static final int MOST_UNDER_WAY = 1_024;

  private final Set<Integer> underWay = ConcurrentHashMap.newKeySet();

  @Override
  public void commandStarted(CommandStartedEvent event) {
    if (WRITES.contains(event.getCommandName())) {
      BsonValue collection = event.getCommand().get(event.getCommandName());
      if (collection.isString() && !WITHOUT_WORK.contains(collection.asString().getValue())) {
        if (underWay.size() < MOST_UNDER_WAY) {
          underWay.add(event.getRequestId());
        } else {
          // So many writes are work, whatever their responses.
          note();
        }
      }
    }
  }

  @Override
  public void commandSucceeded(CommandSucceededEvent event) {
    if (underWay.remove(event.getRequestId()) && isChange(event.getResponse())) {
      note();
    }
  }

  private static void note() {
    ArcContainer beans = Arc.container();
    if (beans != null) {
      beans.instance(RecentWrites.class).get().note();
    }
  }

  @Override
  public void commandFailed(CommandFailedEvent event) {
    underWay.remove(event.getRequestId());
  }

  /** A search for work that finds nothing changes nothing. */
  static boolean isChange(BsonDocument response) {
    BsonValue count = response.get("n");
    BsonValue value = response.get("value");
    return (count != null && count.isNumber() && count.asNumber().intValue() > 0)
        || (value != null && !value.isNull());
  }
}
