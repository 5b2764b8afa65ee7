package chat.switchboard.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hooks of the configuration. */
@Tag("unit")
class ConfiguredHooksTest {

  private static final String SECRET = "a-secret-of-the-configuration";

  @TempDir Path folder;

  @Test
  void a_hook_has_what_its_settings_say() {
    ConfiguredHooks hooks =
        read(
            Map.of(
                "scheme", "hmac",
                "secrets", "${DEPLOYS_SECRET},another-secret-of-it",
                "settings.header", "X-Mine",
                "settings.time-header", "X-Time",
                "settings.signed", "{timestamp}.{body}",
                "thread", "{repo}#{n}",
                "when[0].pointer", "/action",
                "when[0].not-in", "labeled,assigned",
                "digest", "30s",
                "reply", "true"));
    Hook hook = hooks.find("deploys").orElseThrow();
    assertThat(hook.owner()).as("that of switchboard.owner").isEqualTo("me@example.com");
    assertThat(hook.settings().header()).isEqualTo("X-Mine");
    assertThat(hook.settings().timeHeader()).isEqualTo("X-Time");
    assertThat(hook.thread()).contains("{repo}#{n}");
    assertThat(hook.when())
        .containsExactly(new Condition("/action", null, List.of("labeled", "assigned"), null));
    assertThat(hook.digest()).contains(Duration.ofSeconds(30));
    assertThat(hook.reply()).isTrue();
    assertThat(hook.enabled()).isTrue();
    assertThat(hooks.secrets("deploys")).containsExactly(SECRET, "another-secret-of-it");
    assertThat(hooks.find("other")).isEmpty();
    assertThat(hooks.secrets("other")).isEmpty();
    assertThat(hooks.all()).containsExactly(hook);
  }

  @Test
  void a_secret_comes_from_a_file_without_its_line_end() throws IOException {
    Path file = folder.resolve("deploys");
    Files.writeString(file, "a-secret-in-a-file-1\n");
    assertThat(read(Map.of("scheme", "github", "secret-files", file.toString())).secrets("deploys"))
        .containsExactly("a-secret-in-a-file-1");
    assertThat(read(Map.of("scheme", "github")).secrets("deploys")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "scheme, nope, scheme must be one of",
    "scheme, '', scheme must be one of",
    "secrets, short, 16 to 512 characters",
    "secret-files, /nowhere/at/all, cannot be read",
    "conversation-id, x, must be a UUID",
    "thread, {a, 'thread: '",
    "template, preset:nope, the presets are",
    "digest, 2h, digest must",
    "settings.header, X, no setting header",
    "when[0].exists, true, when[0].pointer must",
    "when[0].in, a, when[0].pointer must"
  })
  void a_fault_stops_the_start_with_the_hook_and_a_sentence(
      String name, String value, String sentence) {
    Map<String, String> settings = new HashMap<>(Map.of("scheme", "github"));
    settings.put(name, value);
    assertThatThrownBy(() -> read(settings))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("switchboard.hooks.\"deploys\" cannot be used: ")
        .hasMessageContaining(sentence)
        .hasMessageNotContaining(SECRET);
  }

  @Test
  void the_example_for_kubernetes_is_right() throws IOException {
    Path secret = folder.resolve("secret");
    Files.writeString(secret, "0123456789abcdef0123456789abcdef");
    Properties example = new Properties();
    example.load(
        new StringReader(
            Files.readString(Path.of("k8s/components/hooks/hooks.properties"))
                .replaceAll("(?m)^(.*secret-files)=.*$", "$1=" + secret)));
    Map<String, String> settings = new HashMap<>();
    example.forEach(
        (name, value) -> {
          if (name.toString().startsWith("switchboard.hooks.")) {
            settings.put(name.toString(), value.toString());
          }
        });
    ConfiguredHooks hooks = hooks(settings);
    assertThat(hooks.all()).extracting(Hook::name).containsExactly("alerts", "deploys");
    hooks.all().forEach(hook -> assertThat(hooks.secrets(hook.name())).hasSize(1));
  }

  private static ConfiguredHooks read(Map<String, String> settings) {
    Map<String, String> named = new HashMap<>();
    settings.forEach((name, value) -> named.put("switchboard.hooks.\"deploys\"." + name, value));
    return hooks(named);
  }

  private static ConfiguredHooks hooks(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("DEPLOYS_SECRET", SECRET);
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .addDefaultInterceptors()
            .withMapping(HooksConfig.class)
            .withSources(new PropertiesConfigSource(all, "test", 100))
            .build();
    return new ConfiguredHooks(
        config.getConfigMapping(HooksConfig.class).hooks(),
        Optional.of("me@example.com"),
        new HookValidator(new HookTemplates(new RenderClock(() -> 0, () -> 0))));
  }
}
