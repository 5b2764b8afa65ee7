package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.support.Configured;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the template says that carries a text outside the window. */
@Tag("unit")
class ReopenTemplateTest {

  private static final String SID = "HX0123456789abcdef0123456789abcdef";
  private static final String TEMPLATE = "switchboard.whatsapp.reopen-template";
  private static final String VARIABLE = "switchboard.whatsapp.reopen-variables.";

  private Optional<String> owner = Optional.of("Olivia");

  private ReopenTemplate template(String... settings) {
    return new ReopenTemplate(
        Configured.with(WindowConfig.class, settings),
        conversation -> Uni.createFrom().item(owner));
  }

  private static OutboxEntry entry() {
    OutboxEntry entry = new OutboxEntry();
    entry.parts = 1;
    entry.sender = "whatsapp:+15557654321";
    entry.phoneNumber = "whatsapp:+15551234567";
    entry.conversationId = "a conversation";
    return entry;
  }

  private static Map<String, String> filled(ReopenTemplate template, String words) {
    return template.fill(entry(), words).await().indefinitely().variables();
  }

  @Test
  void the_first_variable_is_the_text_by_default() {
    assertThat(filled(template(TEMPLATE, SID), "Your table is ready"))
        .isEqualTo(Map.of("1", "Your table is ready"));
  }

  @Test
  void a_variable_is_one_line_without_tabs_and_rows_of_spaces() {
    assertThat(filled(template(TEMPLATE, SID), " One\r\n\n\ttwo      three\u2028four\u00a0five "))
        .isEqualTo(Map.of("1", "One two three four five"));
  }

  @Test
  void placeholders_are_filled_once_and_no_value_is_empty() {
    owner = Optional.of("{text}");
    ReopenTemplate template =
        template(
            TEMPLATE,
            SID,
            VARIABLE + "\"1\"",
            "{owner}",
            VARIABLE + "\"2\"",
            "{link}",
            VARIABLE + "text",
            "{text}!");
    assertThat(filled(template, "{owner} $1 \\ {link}"))
        .isEqualTo(
            Map.of(
                "1", "{text}", "2", "https://wa.me/15557654321", "text", "{owner} $1 \\ {link}!"));
    owner = Optional.empty();
    OutboxEntry fromService = entry();
    fromService.sender = "MG0123456789abcdef0123456789abcdef";
    assertThat(template.fill(fromService, "Hi").await().indefinitely().variables())
        .isEqualTo(Map.of("1", "-", "2", "-", "text", "Hi!"));
  }

  @Test
  void only_a_whole_text_without_files_fits() {
    ReopenTemplate template = template(TEMPLATE, SID);
    assertThat(template.carries(entry(), "א".repeat(900))).isTrue();
    assertThat(template.carries(entry(), "א".repeat(901))).isFalse();
    assertThat(template.carries(entry(), " \n ")).isFalse();
    OutboxEntry part = entry();
    part.parts = 2;
    assertThat(template.carries(part, "Hi")).isFalse();
    OutboxEntry picture = entry();
    picture.files = List.of(new Document());
    assertThat(template.carries(picture, "Hi")).isFalse();
    assertThat(template().carries(entry(), "Hi")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "switchboard.whatsapp.outside-window,template,needs switchboard.whatsapp.reopen-template",
    "switchboard.whatsapp.reopen-template,HX12,HX and 32 hexadecimal digits"
  })
  void a_setting_with_a_fault_stops_the_start(String name, String value, String sentence) {
    assertThatThrownBy(() -> template(name, value))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void variables_without_the_text_stop_the_start() {
    assertThatThrownBy(() -> template(TEMPLATE, SID, VARIABLE + "\"1\"", "{owner}"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("must contain {text}");
  }
}
