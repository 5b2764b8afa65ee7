package chat.switchboard.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class HookTitleTest {

  private static final String PULL_REQUEST =
      """
      {"action":"opened","repository":{"full_name":"acme/api"},
       "pull_request":{"number":42,"title":"Fix *the* Привет"}}
      """;

  private final HookRenderer renderer =
      new HookRenderer(new HookTemplates(new RenderClock(() -> 0, () -> 0)));

  @ParameterizedTest(name = "thread {0} and title {1} make {2}")
  @CsvSource(
      nullValues = "none",
      delimiter = '|',
      value = {
        "none | none | deploys",
        "none | PR {pull_request.number} | PR 42",
        "{repository.full_name} | none | deploys: acme/api",
        "{repository.full_name} | {missing} | deploys: acme/api",
        "{missing} | none | deploys",
        "preset | none | acme/api#42 Fix *the* Привет",
        "preset | PR {pull_request.number} | PR 42"
      })
  void the_title_of_a_thread_says_what_the_thread_is_about(
      String thread, String title, String expected) {
    String key = "preset".equals(thread) ? Presets.named("github").orElseThrow().thread() : thread;

    assertThat(rendered(Optional.ofNullable(key), Optional.ofNullable(title))).isEqualTo(expected);
  }

  private String rendered(Optional<String> thread, Optional<String> title) {
    Hook hook =
        new Hook(
            "deploys",
            "github",
            SchemeSettings.NONE,
            "owner@example.com",
            Optional.empty(),
            thread,
            title,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            true);
    return renderer.render(hook, payload(), Map.of(), "pull_request").title();
  }

  private static Payload payload() {
    return Payload.read("application/json", PULL_REQUEST.getBytes(StandardCharsets.UTF_8));
  }
}
