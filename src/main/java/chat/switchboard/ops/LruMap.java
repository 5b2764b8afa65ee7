package chat.switchboard.ops;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A map of at most so many entries: a further entry takes the place of the one that was read or
 * written the longest time ago. Not safe for several threads: see {@link
 * java.util.Collections#synchronizedMap}. Caffeine was measured: 1.0 MB for these few lines, and an
 * entry that was just put may be the one that is dropped.
 */
public final class LruMap<K, V> extends LinkedHashMap<K, V> {

  private static final long serialVersionUID = 1L;

  private final int most;

  public LruMap(int most) {
    super(16, 0.75f, true);
    this.most = most;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > most;
  }
}
