package chat.switchboard.hooks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.LongSupplier;

/** The two times of a rendering: the time that passes, and the processor time of its thread. */
final class RenderClock {

  private final LongSupplier wall;
  private final LongSupplier processor;

  RenderClock(LongSupplier wall, LongSupplier processor) {
    this.wall = wall;
    this.processor = processor;
  }

  /**
   * The clock of this Java machine; where it has no processor time, the time that passes counts.
   */
  static RenderClock system() {
    return new RenderClock(System::nanoTime, processorTime());
  }

  private static LongSupplier processorTime() {
    try {
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      if (threads.isCurrentThreadCpuTimeSupported() && threads.getCurrentThreadCpuTime() >= 0) {
        return threads::getCurrentThreadCpuTime;
      }
    } catch (UnsupportedOperationException | SecurityException none) {
      // The executable may have no processor times.
    }
    return System::nanoTime;
  }

  /** In nanoseconds since any moment. */
  long wallNanos() {
    return wall.getAsLong();
  }

  /** The processor time of the current thread, in nanoseconds. */
  long processorNanos() {
    return processor.getAsLong();
  }
}
