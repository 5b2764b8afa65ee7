package chat.switchboard.ops;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;

/**
 * A line of the log as a flat JSON object: {@code timestamp}, {@code level}, {@code logger}, {@code
 * thread}, {@code message}, the context of the current work (such as {@code messageId}), and {@code
 * error} with the stack trace. The log manager's own formatter cannot be used, because its class
 * loader does not have the JSON classes.
 */
final class JsonLines extends ExtFormatter {

  private final JsonFactory json = new JsonFactory();

  @Override
  public String format(ExtLogRecord record) {
    StringWriter line = new StringWriter(256);
    try (JsonGenerator object = json.createGenerator(line)) {
      object.writeStartObject();
      object.writeStringField("timestamp", record.getInstant().toString());
      object.writeStringField("level", record.getLevel().getName());
      object.writeStringField("logger", record.getLoggerName());
      object.writeStringField("thread", record.getThreadName());
      object.writeStringField("message", formatMessage(record));
      for (Map.Entry<String, String> known : record.getMdcCopy().entrySet()) {
        object.writeStringField(known.getKey(), known.getValue());
      }
      if (record.getThrown() != null) {
        StringWriter trace = new StringWriter();
        record.getThrown().printStackTrace(new PrintWriter(trace));
        object.writeStringField("error", trace.toString());
      }
      object.writeEndObject();
    } catch (IOException impossible) {
      throw new IllegalStateException("A string accepts every text", impossible);
    }
    return line.append('\n').toString();
  }
}
