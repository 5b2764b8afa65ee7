package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.LogText;
import java.util.logging.Level;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No value from outside can forge a line of the log. */
@Tag("unit")
@net.jqwik.api.Tag("unit")
class OneLineTest {

  @Test
  void a_line_break_in_a_parameter_stays_on_the_line() {
    ExtLogRecord record =
        new ExtLogRecord(Level.INFO, "A text from %s", ExtLogRecord.FormatStyle.PRINTF, "here");
    record.setParameters(new Object[] {"Eve\nINFO forged\u2028\u202e"});
    assertThat(new OneLine().isLoggable(record)).isTrue();
    assertThat(LogText.of(record)).isEqualTo("A text from Eve\\u000aINFO forged\\u2028\\u202e");
  }

  @Test
  void a_clean_log_line_is_not_copied() {
    String clean = "A text from +1••••••4567\tfor 50 % of 👋";
    assertThat(OneLine.clean(clean)).isSameAs(clean);
  }

  @Property(tries = 300)
  void no_text_has_more_than_one_line(@ForAll String text) {
    assertThat(OneLine.clean(text).lines().count()).isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /x?token=abc.def&a=1|GET /x?token=[hidden]&a=1",
        "GET /x%3Ftoken%3Dabc x|GET /x%3Ftoken%3D[hidden] x",
        "Bearer eyJhbGciOi.eyJpZCI6.c2ln end|Bearer [token] end",
        "From +15551234567 to %2B447700900123|From +1••••4567 to %2B4••••0123",
        "sip:+12025550143@example.com|sip:+1••••0143@example.com",
        "At 12:00+0000 after 100 ms|At 12:00+0000 after 100 ms",
        "Message 6b030c1f53c4588b0af06578|Message 6b030c1f53c4588b0af06578",
      })
  void tokens_and_numbers_are_hidden_in_every_line(String line, String shown) {
    assertThat(Redaction.of(line)).isEqualTo(shown);
  }

  @Test
  void a_line_that_is_an_exception_alone_is_kept() {
    ExtLogRecord record = new ExtLogRecord(Level.SEVERE, null, OneLineTest.class.getName());
    record.setLoggerName("io.vertx.core.impl.ContextImpl");
    record.setThrown(new IllegalStateException("+15551234567"));
    assertThat(new OneLine().isLoggable(record)).isTrue();
    assertThat(record.getMessage()).startsWith(": java.lang.IllegalStateException");
    ExtLogRecord other = new ExtLogRecord(Level.SEVERE, null, OneLineTest.class.getName());
    assertThat(new OneLine().isLoggable(other)).isTrue();
  }

  @Test
  void a_stack_trace_of_the_http_server_becomes_a_few_words() {
    ExtLogRecord record =
        new ExtLogRecord(Level.SEVERE, "Failed for /x?token=abc", OneLineTest.class.getName());
    record.setLoggerName("io.vertx.core.impl.ContextImpl");
    record.setThrown(new IllegalStateException("+15551234567"));
    new OneLine().isLoggable(record);
    assertThat(record.getThrown()).isNull();
    assertThat(LogText.of(record))
        .startsWith("Failed for /x?token=[hidden]: java.lang.IllegalStateException at OneLineTest.")
        .doesNotContain("5551234567");
  }
}
