package chat.switchboard.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.Settings;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * docs/configuration.md is made from the Javadoc of the settings. When one has changed, make it
 * anew: {@code ./mvnw test -Dtest=ConfigurationDocumentTest -Dupdate.docs=true}
 */
@Tag("unit")
class ConfigurationDocumentTest {

  private static final Path DOCUMENT = Path.of("docs/configuration.md");
  private static final Path SOURCES = Path.of("src/main/java");

  /** A Javadoc comment and the method under it, in the interface that was opened last. */
  private static final Pattern MEMBER =
      Pattern.compile(
          "(?s)(?<open>\\binterface (?<group>\\w+) \\{)"
              + "|/\\*\\*(?<doc>(?:(?!\\*/).)*)\\*/\\s*(?:@\\w+(?:\\((?:[^()\"]|\"[^\"]*\")*\\))?\\s*)*"
              + "(?<type>[\\w<>, .]+?) (?<method>\\w+)\\(\\);");

  private static final String HEAD =
      """
      # Configuration

      Made from the Javadoc of the interfaces with `@ConfigMapping` by `ConfigurationDocumentTest`; do not edit it here.

      Each setting can stand in `config/application.properties` beside the program, under its name, or in the
      environment, under the name in capitals with each dot and hyphen as `_`
      (`switchboard.stream.keep-alive` is `SWITCHBOARD_STREAM_KEEP_ALIVE`). LibreChat's and Twilio's own names
      work as they are: `MONGO_URI`, `JWT_SECRET`, `INTERNAL_API_KEY`, `LIBRECHAT_URL`, `TWILIO_…`. A duration is
      written as `500ms`, `15s`, `2m`, `1h` or `7d`. A setting that is not known stops the start.

      The server's own settings are [Quarkus's](https://quarkus.io/guides/all-config); the likely ones are in
      `application.properties.example`.

      | setting | default | what it does |
      | --- | --- | --- |
      """;

  @Test
  void the_document_says_what_the_javadoc_says() throws IOException {
    String made = document();
    if (Boolean.getBoolean("update.docs")) {
      Files.writeString(DOCUMENT, made);
    }
    assertThat(Files.readString(DOCUMENT))
        .as("Make it anew: ./mvnw test -Dtest=ConfigurationDocumentTest -Dupdate.docs=true")
        .isEqualTo(made);
  }

  private static String document() throws IOException {
    Map<String, String> comments = new HashMap<>();
    StringBuilder document = new StringBuilder(HEAD);
    for (var setting : Settings.all(Settings.EXAMPLE_KEY).entrySet()) {
      Method method = setting.getValue();
      Class<?> group = method.getDeclaringClass();
      String key = group.getSimpleName() + "." + method.getName();
      if (!comments.containsKey(key)) {
        read(group, comments);
      }
      String comment = comments.get(key);
      assertThat(comment).as("Javadoc of %s", setting.getKey()).isNotBlank();
      String value = Settings.defaultOf(method);
      document.append(
          "| `%s` | %s | %s |\n"
              .formatted(setting.getKey(), value == null ? "" : "`" + value + "`", comment));
    }
    return document.toString();
  }

  private static void read(Class<?> type, Map<String, String> comments) throws IOException {
    Path source = SOURCES.resolve(type.getName().replace('.', '/') + ".java");
    Matcher member = MEMBER.matcher(Files.readString(source));
    String group = "";
    while (member.find()) {
      if (member.group("open") != null) {
        group = member.group("group");
      } else {
        comments.put(group + "." + member.group("method"), plain(member.group("doc")));
      }
    }
  }

  private static String plain(String javadoc) {
    return javadoc
        .replaceAll("(?m)^\\s*\\*\\s?", "")
        .replaceAll("\\{@code\\s+([^}]*(?:\\{[^}]*})?[^}]*?)}", "`$1`")
        .replaceAll("\\{@link\\s+\\w*#?(\\w+)(?:\\(\\))?}", "`$1`")
        .replaceAll("\\s+", " ")
        .replace("|", "\\|")
        .strip();
  }
}
