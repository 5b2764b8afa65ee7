package chat.switchboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs the commands of the documentation: in each document, the blocks marked {@code sh}, one after
 * another in one shell, against this service in place of https://chat.example.com. A block marked
 * {@code shell} is not run here: it needs a cluster, a container or an account.
 */
@QuarkusTest
@TestProfile(DocumentationTest.WithANumber.class)
@QuarkusTestResource(TestDatabase.class)
class DocumentationTest {

  /** There is a number to send from, and no Twilio: a text is queued. */
  public static class WithANumber implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "switchboard.twilio.from", "+15557654321",
          "switchboard.twilio.api-url", "http://127.0.0.1:9");
    }
  }

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))`");
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)(?:#[^)]*)?\\)");

  @Test
  void the_commands_of_the_documentation_work() throws Exception {
    assumeTrue(Files.exists(Path.of("/bin/bash")), "skipped: there is no bash on this machine");
    assumeTrue(Files.exists(Path.of("/usr/bin/curl")), "skipped: there is no curl on this machine");
    int blocks = 0;
    for (Path document : documents()) {
      StringBuilder script = new StringBuilder("set -euo pipefail\n");
      Matcher block = BLOCK.matcher(Files.readString(document));
      while (block.find()) {
        script.append(block.group(1));
        blocks++;
      }
      if (script.length() > 20) {
        run(document, script.toString());
      }
    }
    assertThat(blocks).as("blocks that were run").isGreaterThan(5);
  }

  @Test
  void every_link_of_the_documentation_leads_to_a_file() throws IOException {
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        Path folder = document.getParent() == null ? Path.of("") : document.getParent();
        assertThat(folder.resolve(link.group(1))).as("in %s", document).exists();
      }
    }
  }

  /** The tests that the table of guarantees names. */
  @Test
  void every_test_that_the_documentation_names_exists() throws IOException {
    try (Stream<Path> sources = Files.walk(Path.of("src/test/java"))) {
      List<String> tests =
          sources.map(source -> source.getFileName().toString().replace(".java", "")).toList();
      for (Path document : documents()) {
        Matcher name = TEST.matcher(Files.readString(document));
        while (name.find()) {
          assertThat(tests).as("in %s", document).contains(name.group(1));
        }
      }
    }
  }

  /** A newcomer reads it to its end. */
  @Test
  void the_readme_has_at_most_120_lines() throws IOException {
    assertThat(Files.readAllLines(Path.of("README.md"))).hasSizeLessThanOrEqualTo(120);
  }

  private static void run(Path document, String script) throws Exception {
    try (LibreChat libreChat = new LibreChat()) {
      String owner = libreChat.owner();
      ProcessBuilder bash =
          new ProcessBuilder(
              "/bin/bash",
              "-c",
              script.replace(
                  "https://chat.example.com", RestAssured.baseURI + ":" + RestAssured.port));
      bash.environment().put("INTERNAL_API_KEY", TestDatabase.API_KEY);
      bash.environment().put("CONVERSATION", libreChat.conversation(owner));
      bash.environment().put("TOKEN", LibreChat.token(owner));
      Path output = Files.createTempFile(Path.of("target"), "documentation", ".log");
      Process process = bash.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      boolean ended = process.waitFor(60, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      assertThat(ended && process.exitValue() == 0)
          .as("%s:\n%s\n%s", document, script, Files.readString(output))
          .isTrue();
    }
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.list(Path.of("docs"));
        Stream<Path> root = Files.list(Path.of(""))) {
      return Stream.concat(root, docs)
          .filter(path -> path.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }
}
