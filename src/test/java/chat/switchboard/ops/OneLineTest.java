package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.Test;

/** Nothing from outside makes up a line of the log. */
class OneLineTest {

  @Test
  void a_line_break_in_a_parameter_stays_on_the_line() {
    ExtLogRecord record =
        new ExtLogRecord(Level.INFO, "A text from %s", ExtLogRecord.FormatStyle.PRINTF, "here");
    record.setParameters(new Object[] {"Eve\nINFO forged\u2028\u202e"});
    assertThat(new OneLine().isLoggable(record)).isTrue();
    assertThat(record.getFormattedMessage())
        .isEqualTo("A text from Eve\\u000aINFO forged\\u2028\\u202e");
  }

  @Test
  void what_is_clean_is_not_copied() {
    String clean = "A text from +1••••••4567\tfor 50 % of 👋";
    assertThat(OneLine.clean(clean)).isSameAs(clean);
  }

  @Property(tries = 300)
  void no_text_has_more_than_one_line(@ForAll String text) {
    assertThat(OneLine.clean(text).lines().count()).isLessThanOrEqualTo(1);
  }
}
