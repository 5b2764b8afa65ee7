package chat.switchboard.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of deploy/ and the Dockerfiles agree with the program and with each other. */
@Tag("unit")
class DeployFilesTest {

  private static final Path DEPLOY = Path.of("deploy");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @Test
  void the_compose_file_sets_what_the_program_knows_and_mounts_what_is_there() throws Exception {
    JsonNode services = YAML.readTree(DEPLOY.resolve("compose.yaml").toFile()).path("services");
    Set<String> known = ManifestsTest.variables();
    services
        .at("/switchboard/environment")
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!name.startsWith("QUARKUS_")) {
                assertThat(known).contains(name);
              }
            });
    services
        .at("/nginx/volumes")
        .forEach(volume -> assertThat(DEPLOY.resolve(volume.asText().split(":")[0])).exists());
    for (JsonNode service : services) {
      assertThat(service.path("image").asText()).contains(":").doesNotEndWith(":latest");
    }
    String uri = services.at("/switchboard/environment/MONGO_URI").asText();
    assertThat(uri).isEqualTo(services.at("/librechat/environment/MONGO_URI").asText());
  }

  @Test
  void the_environment_example_names_every_variable_that_the_compose_file_asks_for()
      throws Exception {
    String example = Files.readString(DEPLOY.resolve("env.example"));
    Matcher asked =
        Pattern.compile("\\$\\{([A-Z_]+)")
            .matcher(Files.readString(DEPLOY.resolve("compose.yaml")));
    while (asked.find()) {
      if (!asked.group(1).equals("SWITCHBOARD_IMAGE")) {
        assertThat(example).contains("\n" + asked.group(1) + "=");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nginx/switchboard.conf", "caddy/Caddyfile", "traefik/switchboard.yml"})
  void every_proxy_leads_the_same_paths_to_us_and_none_for_operators(String file) throws Exception {
    String text = Files.readString(DEPLOY.resolve(file));
    assertThat(text)
        .contains(
            "/api/messages/stream",
            "/api/twilio/webhook",
            "/api/twilio/status",
            "/api/hooks/[a-z0-9-]{1,64}$",
            "/switchboard/")
        .contains("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    String rules = text.replaceAll("(?m)^\\s*#.*$", "");
    for (String inside : List.of("/api/inbox", "/api/mappings", "/api/sms", "/api/people", "/q/")) {
      assertThat(rules).doesNotContain(inside);
    }
  }

  @Test
  void the_traefik_file_is_a_file_that_can_be_read() throws Exception {
    JsonNode http = YAML.readTree(DEPLOY.resolve("traefik/switchboard.yml").toFile()).path("http");
    http.path("routers")
        .forEach(
            router ->
                assertThat(http.path("services").has(router.path("service").asText())).isTrue());
  }

  /** The root file system is read-only, and the process runs as an unprivileged user. */
  @ParameterizedTest
  @ValueSource(strings = {"Dockerfile.native", "Dockerfile.jvm"})
  void images_run_without_root_and_without_a_shell(String file) throws Exception {
    List<String> lines = Files.readAllLines(Path.of(file));
    assertThat(lines).contains("USER 1001");
    assertThat(lines.get(lines.size() - 1)).startsWith("ENTRYPOINT [");
    // .dockerignore excludes all files except those that a build needs.
    Set<String> copied = new TreeSet<>();
    for (String line : lines) {
      if (line.startsWith("COPY") && !line.contains("--from")) {
        String[] words = line.replaceAll("--\\S+ ", "").split(" ");
        copied.add(words[1]);
      }
    }
    List<String> allowed = Files.readAllLines(Path.of(".dockerignore"));
    for (String name : copied) {
      assertThat(allowed)
          .anyMatch(line -> line.equals("!" + name) || line.startsWith("!" + name + "/"));
    }
  }

  @Test
  void the_unit_waits_longer_than_the_service_takes_to_end() throws Exception {
    String unit = Files.readString(DEPLOY.resolve("systemd/switchboard.service"));
    Matcher seconds = Pattern.compile("(?m)^TimeoutStopSec=(\\d+)$").matcher(unit);
    assertThat(seconds.find()).isTrue();
    assertThat(Integer.parseInt(seconds.group(1))).isGreaterThan(10);
    assertThat(unit).contains("NoNewPrivileges=yes", "ProtectSystem=strict", "DynamicUser=yes");
  }

  /** The arguments that Dockerfile.native gives the executable, unless others are given. */
  static List<String> heapOfTheExecutable() throws Exception {
    String command =
        Files.readAllLines(Path.of("Dockerfile.native")).stream()
            .filter(line -> line.startsWith("CMD "))
            .findFirst()
            .orElseThrow();
    return new ObjectMapper()
        .readerForListOf(String.class)
        .readValue(command.substring("CMD ".length()));
  }

  @Test
  void the_executable_has_a_young_generation_and_a_ceiling_wherever_it_is_started()
      throws Exception {
    List<String> image = heapOfTheExecutable();
    assertThat(image)
        .anyMatch(option -> option.matches("-Xmn\\d+m"))
        .anyMatch(option -> option.matches("-XX:MaximumHeapSizePercent=\\d+"));
    String young = image.stream().filter(option -> option.startsWith("-Xmn")).findFirst().get();
    String unit = Files.readString(DEPLOY.resolve("systemd/switchboard.service"));
    Matcher start = Pattern.compile("(?m)^ExecStart=\\S+ " + young + " -Xmx(\\d+)m$").matcher(unit);
    Matcher most = Pattern.compile("(?m)^MemoryMax=(\\d+)M$").matcher(unit);
    assertThat(start.find()).isTrue();
    assertThat(most.find()).isTrue();
    assertThat(Integer.parseInt(start.group(1))).isLessThan(Integer.parseInt(most.group(1)));
    assertThat(Files.readString(Path.of("bench/harness/programs.mjs")))
        .contains("['" + String.join("', '", image) + "']");
  }

  @Test
  void the_java_machine_has_the_same_options_wherever_the_jar_runs() throws Exception {
    assertThat(Files.readString(Path.of("Dockerfile.jvm")))
        .contains("COPY --chown=0:0 deploy/java.options /work/\n")
        .containsPattern(
            "(?m)^ENV JDK_JAVA_OPTIONS=\"@/work/java.options -XX:MaxRAMPercentage=\\d+ ");
    assertThat(Files.readString(DEPLOY.resolve("systemd/switchboard.service")))
        .containsPattern("ExecStart=/usr/bin/java @/opt/switchboard/java.options -Xmx\\d+m -jar ");
    String command = "java @deploy/java.options";
    assertThat(Files.readString(Path.of("README.md"))).contains(command + " -jar ");
    assertThat(Files.readString(Path.of(".ci/run"))).contains(command + " ");
    assertThat(Files.readString(Path.of("bench/harness/programs.mjs")))
        .contains("'deploy/java.options'");
  }

  @Test
  void the_java_machine_takes_the_options_of_the_file() throws Exception {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@deploy/java.options",
                "-XX:+PrintFlagsFinal",
                "-version")
            .redirectErrorStream(true)
            .start();
    String flags = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(java.waitFor()).as(flags).isZero();
    assertThat(flags)
        .containsPattern("UseSerialGC +=? *:?= true")
        .containsPattern("MaxNewSize +:?= 33554432")
        .containsPattern("MaxHeapFreeRatio +:?= 15");
  }
}
