package chat.switchboard.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.support.Settings;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests agree with the ports, addresses, settings and secrets of the program. */
class ManifestsTest {

  private static final Path HERE = Path.of("k8s");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z][A-Z_]+)(:[^}]*)?}");

  /** The addresses that are reachable from outside, and no other addresses; see the README. */
  private static final Set<String> OUTSIDE =
      Set.of(
          "/api/messages/stream",
          "/api/messages/external",
          "/api/messages/<uuid>/external",
          "/api/twilio/webhook",
          "/api/twilio/status",
          "/api/hooks/",
          "/switchboard/");

  private static final Map<String, String> PROBES =
      Map.of(
          "startupProbe", "/q/health/started",
          "readinessProbe", "/q/health/ready",
          "livenessProbe", "/q/health/live");

  static Stream<Path> overlays() throws IOException {
    try (Stream<Path> found = Files.list(HERE.resolve("overlays"))) {
      return Stream.concat(Stream.of(HERE), found.sorted().toList().stream()).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void renders_and_every_name_leads_to_something(Path overlay) throws Exception {
    List<JsonNode> all = rendered(overlay);
    assertThat(all).isNotEmpty();
    Set<String> ids = new HashSet<>();
    for (JsonNode one : all) {
      String id = one.path("apiVersion").asText() + " " + kind(one) + " " + name(one);
      assertThat(ids.add(id)).as(id).isTrue();
    }
    Set<String> configMaps = names(all, "ConfigMap");
    for (JsonNode container : containers(all)) {
      container
          .path("envFrom")
          .forEach(
              from ->
                  assertThat(
                          configMaps.contains(from.at("/configMapRef/name").asText())
                              || from.has("secretRef"))
                      .as("%s", from)
                      .isTrue());
      assertThat(container.path("image").asText()).contains("/").contains(":");
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void every_variable_is_a_setting_and_every_secret_is_described(Path overlay) throws Exception {
    Set<String> known = variables();
    Set<String> secrets =
        keys(YAML.readTree(HERE.resolve("base/secrets.example.yaml").toFile()).path("stringData"));
    String example = Files.readString(HERE.resolve("base/secrets.example.yaml"));
    for (JsonNode container : switchboards(rendered(overlay))) {
      for (JsonNode variable : container.path("env")) {
        assertThat(known).contains(variable.path("name").asText());
        JsonNode secret = variable.at("/valueFrom/secretKeyRef");
        String key = secret.path("key").asText();
        switch (secret.path("name").asText()) {
          case "librechat-credentials-env" -> assertThat(key).isIn("MONGO_URI", "JWT_SECRET");
          case "switchboard-secrets" ->
              assertThat(secrets.contains(key) || example.contains("# " + key + ":"))
                  .as(key)
                  .isTrue();
          default -> assertThat(variable.has("value")).as("%s", variable).isTrue();
        }
      }
    }
    for (JsonNode one : rendered(overlay)) {
      if (kind(one).equals("ConfigMap") && name(one).startsWith("switchboard-config")) {
        assertThat(known).containsAll(keys(one.path("data")));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void ports_and_probes_are_those_of_the_program(Path overlay) throws Exception {
    List<JsonNode> all = rendered(overlay);
    String management =
        all.stream()
            .filter(one -> kind(one).equals("ConfigMap"))
            .map(one -> one.at("/data/SWITCHBOARD_MANAGEMENT_PORT").asText())
            .filter(port -> !port.isEmpty())
            .findFirst()
            .orElse("8080");
    List<JsonNode> found = switchboards(all);
    assertThat(found).hasSize(1);
    JsonNode container = found.get(0);
    Set<String> ports = new HashSet<>();
    container.path("ports").forEach(port -> ports.add(port.path("containerPort").asText()));
    assertThat(ports).contains("8080", management);
    for (String probe : PROBES.keySet()) {
      JsonNode get = container.at("/" + probe + "/httpGet");
      if (get.isMissingNode()) {
        assertThat(probe).as(overlay.toString()).isEqualTo("startupProbe");
        continue;
      }
      assertThat(get.path("path").asText()).isEqualTo(PROBES.get(probe));
    }
    for (JsonNode service : all) {
      if (kind(service).equals("Service") && service.path("apiVersion").asText().equals("v1")) {
        Set<String> portNames = new HashSet<>();
        container.path("ports").forEach(port -> portNames.add(port.path("name").asText()));
        service
            .at("/spec/ports")
            .forEach(port -> assertThat(portNames).contains(port.path("targetPort").asText()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void the_container_may_do_nothing_that_it_need_not(Path overlay) throws Exception {
    for (JsonNode one : rendered(overlay)) {
      for (JsonNode container : switchboards(List.of(one))) {
        JsonNode security = container.path("securityContext");
        JsonNode pod = one.at("/spec/template/spec");
        assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(security.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
        assertThat(
                security.path("runAsNonRoot").asBoolean()
                    || pod.at("/securityContext/runAsNonRoot").asBoolean())
            .isTrue();
        assertThat(pod.path("enableServiceLinks").asBoolean(true)).isFalse();
        assertThat(container.at("/resources/requests/memory").asText()).isNotEmpty();
        assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
      }
    }
  }

  /** By default the executable's heap follows 80 % of the memory, with a large young generation. */
  @ParameterizedTest
  @MethodSource("overlays")
  void the_executable_is_given_the_heap_of_its_image(Path overlay) throws Exception {
    for (JsonNode container : switchboards(rendered(overlay))) {
      List<String> arguments = new ArrayList<>();
      container.path("args").forEach(argument -> arguments.add(argument.asText()));
      assertThat(arguments).isEqualTo(DeployFilesTest.heapOfTheExecutable());
    }
  }

  /** The end: the sleep, the delay and the timeout fit into the time that Kubernetes gives. */
  @Test
  void the_grace_outlives_the_drain() throws Exception {
    JsonNode deployment =
        rendered(HERE).stream().filter(one -> kind(one).equals("Deployment")).findFirst().get();
    int sleep =
        deployment.at("/spec/template/spec/containers/0/lifecycle/preStop/sleep/seconds").asInt();
    int grace = deployment.at("/spec/template/spec/terminationGracePeriodSeconds").asInt();
    String properties = properties();
    assertThat(grace)
        .isGreaterThan(
            sleep
                + seconds(properties, "quarkus.shutdown.delay")
                + seconds(properties, "quarkus.shutdown.timeout"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ingress-nginx", "gateway-api", "tailscale"})
  void exactly_our_paths_are_led_to_us(String overlay) throws Exception {
    Set<String> led = new TreeSet<>();
    for (JsonNode one : rendered(HERE.resolve("overlays").resolve(overlay))) {
      one.at("/spec/rules")
          .forEach(
              rule -> {
                rule.at("/http/paths")
                    .forEach(
                        path -> {
                          if (path.at("/backend/service/name").asText().equals("switchboard")) {
                            led.add(plain(path.path("path").asText()));
                          }
                        });
                rule.path("matches")
                    .forEach(match -> led.add(plain(match.at("/path/value").asText())));
              });
    }
    assertThat(OUTSIDE).containsAll(led);
    Set<String> expected = new TreeSet<>(OUTSIDE);
    if (overlay.equals("tailscale")) {
      expected.remove("/api/messages/<uuid>/external");
    }
    assertThat(led).isEqualTo(expected);
  }

  @Test
  void only_what_twilio_calls_is_open_to_the_internet_by_funnel() throws Exception {
    for (JsonNode one : rendered(HERE.resolve("overlays/tailscale"))) {
      if (one.at("/metadata/annotations").has("tailscale.com/funnel")) {
        one.at("/spec/rules/0/http/paths")
            .forEach(path -> assertThat(path.path("path").asText()).startsWith("/api/twilio/"));
      }
    }
  }

  @Test
  void a_stream_has_no_time_limit_at_the_gateway() throws Exception {
    JsonNode route =
        rendered(HERE.resolve("overlays/gateway-api")).stream()
            .filter(one -> kind(one).equals("HTTPRoute"))
            .findFirst()
            .get();
    JsonNode rule = route.at("/spec/rules/0");
    assertThat(rule.at("/matches/0/path/value").asText()).isEqualTo("/api/messages/stream");
    assertThat(rule.at("/timeouts/request").asText()).isEqualTo("0s");
    assertThat(rule.at("/timeouts/backendRequest").asText()).isEqualTo("0s");
  }

  /** The three places that have Switchboard's container agree. */
  @Test
  void the_sidecar_has_what_the_deployment_has() throws Exception {
    JsonNode base = switchboards(rendered(HERE)).get(0);
    JsonNode sidecar = switchboards(rendered(HERE.resolve("overlays/sidecar"))).get(0);
    JsonNode helm =
        YAML.readTree(HERE.resolve("components/sidecar/helm-values.yaml").toFile())
            .at("/initContainers/switchboard");
    assertThat(sidecar.path("restartPolicy").asText()).isEqualTo("Always");
    assertThat(helm.path("restartPolicy").asText()).isEqualTo("Always");
    assertThat(sidecar.path("env")).isEqualTo(base.path("env"));
    List<JsonNode> both = new ArrayList<>();
    base.path("env").forEach(both::add);
    assertThat(helm.path("env")).containsAll(both);
    for (String part : List.of("resources", "lifecycle", "args")) {
      assertThat(sidecar.path(part)).as(part).isEqualTo(base.path(part));
      assertThat(helm.path(part)).as(part).isEqualTo(base.path(part));
    }
  }

  @Test
  void the_example_of_hooks_renders_and_mounts_its_settings_and_secrets() throws Exception {
    // A folder inside the project, since kustomize reads no files outside.
    Path folder = Files.createDirectories(Path.of("target/manifests-hooks"));
    Files.writeString(
        folder.resolve("kustomization.yaml"),
        "resources: [../../k8s/overlays/standalone]\ncomponents: [../../k8s/components/hooks]\n");
    List<JsonNode> all = rendered(folder);
    String settings =
        names(all, "ConfigMap").stream()
            .filter(name -> name.startsWith("switchboard-hooks-"))
            .findFirst()
            .orElseThrow();
    JsonNode pod =
        all.stream()
            .filter(one -> kind(one).equals("Deployment") && name(one).equals("switchboard"))
            .findFirst()
            .orElseThrow()
            .at("/spec/template/spec");
    assertThat(pod.path("volumes").findValuesAsText("secretName")).contains("switchboard-hooks");
    assertThat(pod.path("volumes").toString()).contains("\"name\":\"" + settings + "\"");
    assertThat(pod.at("/containers/0/volumeMounts").findValuesAsText("mountPath"))
        .contains("/work/config", "/etc/switchboard/hooks");
    assertThat(pod.at("/containers/0/env").findValuesAsText("name")).contains("CRM_SECRET");
  }

  /** Each figure that an alert or a panel asks for is registered somewhere in the code. */
  @Test
  void alerts_and_dashboard_ask_for_figures_that_exist() throws Exception {
    String asked =
        Files.readString(HERE.resolve("components/monitoring/prometheusrule.yaml"))
            + Files.readString(HERE.resolve("components/monitoring/switchboard.json"));
    String documented = Files.readString(Path.of("docs/metrics.md"));
    Set<String> names = new TreeSet<>();
    Matcher name = Pattern.compile("switchboard_[a-z_]+").matcher(asked);
    while (name.find()) {
      names.add(name.group().replaceAll("_(bucket|sum|count|max)$", ""));
    }
    assertThat(names).hasSizeGreaterThan(10);
    assertThat(names).allSatisfy(one -> assertThat(documented).contains("`" + one + "`"));
  }

  @Test
  void each_alert_names_a_heading_of_the_document_for_operators() throws Exception {
    String rules = Files.readString(HERE.resolve("components/monitoring/prometheusrule.yaml"));
    Set<String> headings =
        Files.readAllLines(Path.of("docs/operations.md")).stream()
            .filter(line -> line.startsWith("##"))
            .map(line -> line.replaceFirst("^#+ ", ""))
            .collect(Collectors.toSet());
    Matcher named = Pattern.compile("docs/operations\\.md, \"([^\"]+)\"").matcher(rules);
    int alerts = 0;
    while (named.find()) {
      alerts++;
      assertThat(headings).contains(named.group(1));
    }
    assertThat(alerts).isEqualTo(rules.split("- alert:", -1).length - 1);
  }

  private static List<JsonNode> rendered(Path overlay) throws Exception {
    return Kustomize.render(overlay)
        .map(ManifestsTest::parse)
        .orElseGet(
            () -> {
              assumeTrue(false, "skipped: there is neither kubectl nor kustomize on this machine");
              return List.of();
            });
  }

  private static List<JsonNode> parse(String text) {
    try (MappingIterator<JsonNode> documents = YAML.readerFor(JsonNode.class).readValues(text)) {
      return documents.readAll();
    } catch (IOException malformed) {
      throw new IllegalStateException(malformed);
    }
  }

  private static List<JsonNode> containers(List<JsonNode> all) {
    List<JsonNode> containers = new ArrayList<>();
    for (JsonNode one : all) {
      one.at("/spec/template/spec/initContainers").forEach(containers::add);
      one.at("/spec/template/spec/containers").forEach(containers::add);
    }
    return containers;
  }

  private static List<JsonNode> switchboards(List<JsonNode> all) {
    return containers(all).stream()
        .filter(one -> one.path("name").asText().equals("switchboard"))
        .toList();
  }

  private static Set<String> names(List<JsonNode> all, String kind) {
    return all.stream()
        .filter(one -> kind(one).equals(kind))
        .map(ManifestsTest::name)
        .collect(Collectors.toSet());
  }

  private static String kind(JsonNode one) {
    return one.path("kind").asText();
  }

  private static String name(JsonNode one) {
    return one.at("/metadata/name").asText();
  }

  private static Set<String> keys(JsonNode map) {
    return StreamSupport.stream(((Iterable<String>) map::fieldNames).spliterator(), false)
        .collect(Collectors.toSet());
  }

  private static String plain(String path) {
    return path.replaceAll("/\\[0-9a-f.*/external\\$?$", "/<uuid>/external");
  }

  private static String properties() throws IOException {
    return Files.readString(Path.of("src/main/resources/application.properties"));
  }

  private static int seconds(String properties, String name) {
    Matcher value =
        Pattern.compile("(?m)^" + Pattern.quote(name) + "=(\\d+)S$").matcher(properties);
    assertThat(value.find()).as(name).isTrue();
    return Integer.parseInt(value.group(1));
  }

  /** Every name that a value can have in the environment. */
  static Set<String> variables() throws IOException {
    Set<String> names = new TreeSet<>();
    Matcher mapped = VARIABLE.matcher(properties());
    while (mapped.find()) {
      names.add(mapped.group(1));
    }
    Settings.all("*").keySet().stream()
        .filter(name -> !name.contains("*"))
        .map(name -> name.replaceAll("[.-]", "_").toUpperCase(java.util.Locale.ROOT))
        .forEach(names::add);
    return names;
  }
}
