package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** application.properties.example names every setting, with the default that it has. */
@Tag("unit")
class ExampleConfigurationTest {

  @Test
  void every_setting_stands_in_the_example_with_its_default() throws IOException {
    List<String> example = Files.readAllLines(Path.of("application.properties.example"));
    Settings.all(Settings.EXAMPLE_KEY)
        .forEach(
            (name, method) -> {
              String value = Settings.defaultOf(method);
              assertThat(example)
                  .as("%s, default %s", name, value)
                  .anyMatch(
                      line ->
                          value == null
                              ? line.startsWith("#" + name + "=")
                              : line.equals("#" + name + "=" + value));
            });
  }
}
