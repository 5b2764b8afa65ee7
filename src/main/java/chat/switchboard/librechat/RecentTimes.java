package chat.switchboard.librechat;

import chat.switchboard.ops.LruMap;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;

/** A time for each of the most recently used conversations; bounded. */
final class RecentTimes {

  private static final int REMEMBERED = 10_000;

  private final Map<String, Instant> times = Collections.synchronizedMap(new LruMap<>(REMEMBERED));

  void set(String conversationId, Instant moment) {
    times.put(conversationId, moment);
  }

  void clear(String conversationId) {
    times.remove(conversationId);
  }

  boolean isBefore(Instant now, String conversationId) {
    Instant moment = times.get(conversationId);
    return moment != null && now.isBefore(moment);
  }

  /** Whether the time of this conversation is less than this long ago. */
  boolean isWithin(Duration age, Instant now, String conversationId) {
    Instant moment = times.get(conversationId);
    return moment != null && now.isBefore(moment.plus(age));
  }
}
