package chat.switchboard.ops;

import io.quarkus.logging.LoggingFilter;
import java.util.List;
import java.util.Objects;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Keeps each message of the log on a line of its own: what came from outside (a name, an address, a
 * path) could otherwise hold a line break and a line that nobody wrote, or steer a terminal. The
 * libraries of the HTTP server log what a client sent, with a stack trace: of theirs the trace
 * becomes a few words, and tokens and numbers are hidden in every line, should one get there.
 */
@LoggingFilter(name = "one-line")
public final class OneLine implements Filter {

  /** Whose failures a client can cause, as often as it likes. */
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

  /** The same text where there is nothing to clean. */
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

  /** Line and paragraph separators, and what turns the direction of a text, are not for a log. */
  private static boolean isControl(int unit) {
    return (Character.isISOControl(unit) && unit != '\t')
        || unit == 0x2028
        || unit == 0x2029
        || (unit >= 0x202a && unit <= 0x202e)
        || (unit >= 0x2066 && unit <= 0x2069);
  }
}
