package chat.switchboard.support;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jboss.logmanager.ExtLogRecord;

/** The records of a logger and of those below it, from its making until it is closed. */
public final class LogLines extends Handler implements AutoCloseable {

  private final Logger logger;
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  private LogLines(Logger logger) {
    this.logger = logger;
    logger.addHandler(this);
  }

  /** Of all loggers. */
  public static LogLines all() {
    return of("");
  }

  /** Of the logger of this name. */
  public static LogLines of(String logger) {
    return new LogLines(Logger.getLogger(logger));
  }

  @Override
  public void publish(LogRecord record) {
    if (record instanceof ExtLogRecord line) {
      // Otherwise the record shows the MDC of the thread that reads it.
      line.copyMdc();
    }
    records.add(record);
  }

  public List<LogRecord> records() {
    return List.copyOf(records);
  }

  /** The messages with their parameters. */
  public List<String> texts() {
    return records.stream().map(LogText::of).toList();
  }

  /** Waits for a line of this level whose text contains all of these parts. */
  public void await(Level level, String... parts) {
    Awaitility.await()
        .until(
            () ->
                records.stream()
                    .filter(record -> record.getLevel().getName().equals(level.getName()))
                    .map(LogText::of)
                    .anyMatch(text -> Stream.of(parts).allMatch(text::contains)));
  }

  public void clear() {
    records.clear();
  }

  @Override
  public void flush() {
    // The handler has no buffer.
  }

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
