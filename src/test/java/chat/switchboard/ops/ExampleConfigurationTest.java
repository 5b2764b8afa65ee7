package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** application.properties.example names every setting, with the default that it has. */
@Tag("unit")
class ExampleConfigurationTest {

  @Test
  void every_setting_stands_in_the_example_with_its_default() throws IOException {
    List<String> example = Files.readAllLines(Path.of("application.properties.example"));
    TreeMap<String, String> settings = new TreeMap<>();
    collect(SwitchboardConfig.class, "switchboard", settings);
    settings.forEach(
        (name, value) ->
            assertThat(example)
                .as("%s, default %s", name, value)
                .anyMatch(
                    line ->
                        value == null
                            ? line.startsWith("#" + name + "=")
                            : line.equals("#" + name + "=" + value)));
  }

  private static void collect(Class<?> group, String prefix, TreeMap<String, String> into) {
    for (Method method : group.getMethods()) {
      String name = prefix + "." + dashed(method.getName());
      if (method.getReturnType() == Map.class) {
        assertThat(name).isEqualTo("switchboard.numbers");
        collect(SwitchboardConfig.Number.class, name + ".\"+15557654321\"", into);
      } else if (method.getReturnType().isInterface() && method.getReturnType() != List.class) {
        collect(method.getReturnType(), name, into);
      } else {
        WithDefault value = method.getAnnotation(WithDefault.class);
        into.put(name, value == null ? null : value.value());
      }
    }
  }

  private static String dashed(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
  }
}
