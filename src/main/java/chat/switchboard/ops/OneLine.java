package chat.switchboard.ops;

import io.quarkus.logging.LoggingFilter;
import java.util.List;
import java.util.Objects;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Keeps each message of the log on a single line: a value from outside (a name, an address, a path)
 * could otherwise contain a line break and so forge a line, or control a terminal. The libraries of
 * the HTTP server log the client's input with a stack trace: this class shortens these traces to a
 * few words, and hides tokens and phone numbers in every line.
 */
@LoggingFilter(name = "one-line")
public final class OneLine implements Filter {

  /** The loggers whose failures a client can cause any number of times. */
  private static final List<String> SERVER =
      List.of(
          "io.quarkus.vertx.http",
          "io.quarkus.resteasy",
          "io.quarkus.smallrye.health",
          "io.smallrye.health",
          "io.vertx",
          "io.netty",
          "org.jboss.resteasy");

  private static final ExtFormatter MESSAGE =
      new ExtFormatter() {
        @Override
        public String format(ExtLogRecord record) {
          return formatMessage(record);
        }
      };

  @Override
  public boolean isLoggable(LogRecord line) {
    if (line instanceof ExtLogRecord record) {
      // A library may log an exception alone.
      String message = Objects.requireNonNullElse(MESSAGE.format(record), "");
      String clean = clean(Redaction.of(message));
      if (record.getThrown() != null && isOfTheServer(record.getLoggerName())) {
        clean = clean + ": " + Cause.trace(record.getThrown());
        record.setThrown(null);
      }
      if (!clean.equals(message)) {
        record.setMessage(clean, ExtLogRecord.FormatStyle.NO_FORMAT);
        record.setParameters(null);
      }
    }
    return true;
  }

  private static boolean isOfTheServer(String logger) {
    return logger != null && SERVER.stream().anyMatch(logger::startsWith);
  }

  /** Returns the cleaned text; the same object if no character was changed. */
  static String clean(String text) {
    if (text.chars().noneMatch(OneLine::isControl)) {
      return text;
    }
    StringBuilder clean = new StringBuilder(text.length() + 8);
    text.chars()
        .forEach(
            unit -> {
              if (isControl(unit)) {
                clean.append("\\u").append(String.format("%04x", unit));
              } else {
                clean.append((char) unit);
              }
            });
    return clean.toString();
  }

  /**
   * A log line must not contain line and paragraph separators, or characters that change the
   * direction of the text.
   */
  private static boolean isControl(int unit) {
    return (Character.isISOControl(unit) && unit != '\t')
        || unit == 0x2028
        || unit == 0x2029
        || (unit >= 0x202a && unit <= 0x202e)
        || (unit >= 0x2066 && unit <= 0x2069);
  }
}
