package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** docs/librechat-requests.md names each path of LibreChat's API that the source contains. */
@Tag("unit")
class LibreChatPathsTest {

  private static final Path SOURCES = Path.of("src/main/java/chat/switchboard/librechat");
  private static final Pattern LITERAL = Pattern.compile("\"(/api/[^\"]+)\"");

  @Test
  void the_document_of_requests_names_each_path_of_the_source() throws IOException {
    String document = Files.readString(Path.of("docs/librechat-requests.md"));
    Set<String> paths = new TreeSet<>();
    try (Stream<Path> sources = Files.list(SOURCES)) {
      for (Path source : sources.toList()) {
        LITERAL
            .matcher(Files.readString(source))
            .results()
            .map((MatchResult literal) -> literal.group(1))
            .forEach(paths::add);
      }
    }
    assertThat(paths).hasSizeGreaterThan(5);
    assertThat(paths)
        .allSatisfy(path -> assertThat(document).containsPattern("(GET|POST|DELETE) \\Q" + path));
  }
}
