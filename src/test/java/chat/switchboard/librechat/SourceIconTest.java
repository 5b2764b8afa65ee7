package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class SourceIconTest {

  @ParameterizedTest
  @CsvSource({
    "sms, sms",
    "SMS, sms",
    "mms, sms",
    "whatsapp, whatsapp",
    "rcs, rcs",
    "webhook, webhook",
    "api, api",
    "pager, external",
    "../../x, external",
  })
  void each_source_has_its_icon_and_all_others_have_one(String source, String icon) {
    assertThat(icon("/switchboard/icons").of(source))
        .isEqualTo("/switchboard/icons/" + icon + ".svg");
  }

  @Test
  void a_slash_at_the_end_changes_nothing_and_another_host_may_have_them() {
    assertThat(icon("https://cdn.example.com/i/").of("sms"))
        .isEqualTo("https://cdn.example.com/i/sms.svg");
  }

  @Test
  void an_empty_setting_leaves_messages_without_an_icon() {
    assertThat(icon("").of("sms")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"icons", "javascript:alert(1)", "//elsewhere.example.com/icons", "https://"})
  void an_icon_base_that_librechats_page_refuses_stops_the_start(String base) {
    assertThatThrownBy(() -> icon(base).onStart(null))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("switchboard.message.icon-base");
  }

  private static SourceIcon icon(String base) {
    return new SourceIcon(
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(MessageConfig.class)
            .withDefaultValues(Map.of("switchboard.message.icon-base", base))
            .build()
            .getConfigMapping(MessageConfig.class));
  }
}
