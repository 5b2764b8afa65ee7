package chat.switchboard.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** docs/metrics.md names every figure that the code registers. */
@Tag("unit")
class MetricsDocumentationTest {

  /** The name as it stands where a meter is made. */
  private static final Pattern METER =
      Pattern.compile(
          "(?s)(?:Gauge\\.builder|Timer\\.builder|Counter\\.builder|\\.counter|\\.timer|\\.gauge)\\("
              + "\\s*\"(switchboard\\.[a-z.]+)\"");

  @Test
  void every_figure_of_the_code_is_described() throws IOException {
    String documented = Files.readString(Path.of("docs/metrics.md"));
    TreeSet<String> names = new TreeSet<>();
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      sources
          .filter(source -> source.toString().endsWith(".java"))
          .forEach(source -> collect(source, names));
    }
    assertThat(names).hasSizeGreaterThan(8);
    assertThat(names)
        .allSatisfy(
            name ->
                assertThat(documented).containsPattern("`" + name.replace('.', '_') + "[_a-z]*`"));
  }

  private static void collect(Path source, TreeSet<String> names) {
    try {
      Matcher meter = METER.matcher(Files.readString(source));
      while (meter.find()) {
        names.add(meter.group(1));
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
