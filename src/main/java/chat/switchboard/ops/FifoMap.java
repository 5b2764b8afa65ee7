package chat.switchboard.ops;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A map with a maximum number of entries: a further entry replaces the entry that was added first,
 * however often that entry is read. Not safe for several threads.
 */
public final class FifoMap<K, V> extends LinkedHashMap<K, V> {

  private static final long serialVersionUID = 1L;

  private final int most;

  /**
   * @param most the maximum number of entries
   */
  public FifoMap(int most) {
    this.most = most;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > most;
  }
}
