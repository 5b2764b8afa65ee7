package chat.switchboard.mongo;

import java.util.function.ToLongFunction;

/**
 * The limits of one command of a {@link Batcher}. A call that is heavier than the limit goes alone.
 *
 * @param most the maximum number of calls in a command
 * @param bytes the approximate size of a call
 * @param mostBytes the maximum size of all calls of a command
 */
public record BatchLimits<K>(int most, ToLongFunction<K> bytes, long mostBytes) {

  /** The default number of calls in a command. */
  public static final int MOST = 500;

  /** The default size of a command: far below MongoDB's limit of 48 MB. */
  public static final long MOST_BYTES = 4L << 20;

  /** Returns the default limits for calls of a few hundred bytes. */
  public static <K> BatchLimits<K> ofSmallCalls() {
    return ofCalls(call -> 0);
  }

  /** Returns the default limits for calls of this size. */
  public static <K> BatchLimits<K> ofCalls(ToLongFunction<K> bytes) {
    return new BatchLimits<>(MOST, bytes, MOST_BYTES);
  }
}
