package chat.switchboard.support;

import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;

/** The message of a log record with its parameters. */
public final class LogText extends ExtFormatter {

  private static final LogText FORMATTER = new LogText();

  private LogText() {}

  public static String of(LogRecord record) {
    return FORMATTER.format(record);
  }

  @Override
  public String format(ExtLogRecord record) {
    return formatMessage(record);
  }
}
