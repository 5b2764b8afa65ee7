package chat.switchboard.support;

import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.BsonValue;

/** Counts the commands that the service sends, by command and collection. */
public final class CommandCounts implements CommandListener {

  private static final Map<String, Integer> COUNTS = new ConcurrentHashMap<>();

  @Override
  public void commandStarted(CommandStartedEvent event) {
    BsonValue target =
        event
            .getCommand()
            .get(event.getCommandName().equals("getMore") ? "collection" : event.getCommandName());
    COUNTS.merge(
        event.getCommandName()
            + (target != null && target.isString() ? " " + target.asString().getValue() : ""),
        1,
        Integer::sum);
  }

  /** Returns the counts since the start. */
  public static Map<String, Integer> all() {
    return new TreeMap<>(COUNTS);
  }

  /** Returns the count of a command, such as {@code find users}. */
  public static int of(String command) {
    return COUNTS.getOrDefault(command, 0);
  }
}
