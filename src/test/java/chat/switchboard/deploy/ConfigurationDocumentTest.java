package chat.switchboard.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.ops.SwitchboardConfig;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
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
  private static final Path SOURCE =
      Path.of("src/main/java/chat/switchboard/ops/SwitchboardConfig.java");

  /** A Javadoc comment and the method under it, in the interface that was opened last. */
  private static final Pattern MEMBER =
      Pattern.compile(
          "(?s)(?<open>\\binterface (?<group>\\w+) \\{)"
              + "|/\\*\\*(?<doc>(?:(?!\\*/).)*)\\*/\\s*(?:@\\w+(?:\\((?:[^()\"]|\"[^\"]*\")*\\))?\\s*)*"
              + "(?<type>[\\w<>, .]+?) (?<method>\\w+)\\(\\);");

  private static final String HEAD =
      """
      # Configuration

      Made from the Javadoc of `SwitchboardConfig` by `ConfigurationDocumentTest`; do not edit it here.

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
    Matcher member = MEMBER.matcher(Files.readString(SOURCE));
    String group = "";
    while (member.find()) {
      if (member.group("open") != null) {
        group = member.group("group");
      } else {
        comments.put(group + "." + member.group("method"), plain(member.group("doc")));
      }
    }
    StringBuilder document = new StringBuilder(HEAD);
    describe(SwitchboardConfig.class, "switchboard", comments, document);
    return document.toString();
  }

  private static void describe(
      Class<?> group, String prefix, Map<String, String> comments, StringBuilder into) {
    List<Method> inOrder =
        java.util.Arrays.stream(group.getMethods())
            .sorted(java.util.Comparator.comparing(Method::getName))
            .toList();
    for (Method method : inOrder) {
      String name = prefix + "." + dashed(method.getName());
      Class<?> type = method.getReturnType();
      if (type == Map.class) {
        describe(SwitchboardConfig.Number.class, name + ".\"+15557654321\"", comments, into);
      } else if (type.isInterface() && type != List.class) {
        describe(type, name, comments, into);
      } else {
        String comment = comments.get(group.getSimpleName() + "." + method.getName());
        assertThat(comment).as("Javadoc of %s", name).isNotBlank();
        WithDefault value = method.getAnnotation(WithDefault.class);
        into.append(
            "| `%s` | %s | %s |\n"
                .formatted(name, value == null ? "" : "`" + value.value() + "`", comment));
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

  private static String dashed(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
