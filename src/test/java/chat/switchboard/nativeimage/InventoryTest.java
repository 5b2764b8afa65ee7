package chat.switchboard.nativeimage;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.ops.Timers;
import chat.switchboard.support.Settings;
import chat.switchboard.support.TestDatabase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.ext.web.Router;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The inventory of InventoryIT is complete. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class InventoryTest {

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("chat.switchboard");

  @Inject Router router;

  @Test
  void every_operation_of_the_description_is_listed() throws IOException {
    TreeSet<String> described = new TreeSet<>();
    JsonNode paths =
        new ObjectMapper().readTree(given().get("/q/openapi?format=json").asString()).path("paths");
    paths
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method ->
                            described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
    TreeSet<String> listed = new TreeSet<>(Inventory.OTHER_DOORS);
    Inventory.DOORS.forEach(door -> listed.add(door.name()));
    assertThat(listed).isEqualTo(described);
  }

  /** By the annotations, which the description could leave out. */
  @Test
  void every_resource_method_is_listed() {
    long methods =
        CODE.stream()
            .filter(type -> type.isAnnotatedWith(jakarta.ws.rs.Path.class))
            .flatMap(type -> type.getMethods().stream())
            .filter(
                method ->
                    Stream.of(
                            jakarta.ws.rs.GET.class,
                            jakarta.ws.rs.POST.class,
                            jakarta.ws.rs.PUT.class,
                            jakarta.ws.rs.PATCH.class,
                            jakarta.ws.rs.DELETE.class)
                        .anyMatch(method::isAnnotatedWith))
            .count();
    // The stream is a route of Vert.x.
    assertThat(methods).isEqualTo(Inventory.DOORS.size() + Inventory.OTHER_DOORS.size() - 1);
  }

  @Test
  void every_route_with_an_address_of_its_own_is_listed() {
    Set<String> known =
        Stream.of(
                Inventory.FILES.keySet().stream(),
                Inventory.MANAGEMENT.keySet().stream(),
                Inventory.CAPABILITIES.stream(),
                Inventory.MCP.stream(),
                Inventory.DOORS.stream().map(Inventory.Door::path),
                Inventory.OTHER_DOORS.stream().map(door -> door.substring(door.indexOf(' ') + 1)))
            .flatMap(names -> names)
            .map(InventoryTest::plain)
            .collect(Collectors.toSet());
    TreeSet<String> routes =
        router.getRoutes().stream()
            .filter(route -> route.getPath() != null)
            .map(route -> plain(route.getPath()))
            .filter(path -> !isCommon(path))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(routes).hasSizeGreaterThan(20);
    assertThat(known).containsAll(routes);
  }

  /**
   * Routes that are filters for many doors, belong to Quarkus, or exist only in dev mode and tests.
   */
  private static boolean isCommon(String path) {
    return path.equals("/")
        || path.equals("/q")
        || path.startsWith("/q/arc")
        || path.startsWith("/q/dev")
        || path.startsWith("/q/health-ui")
        || Set.of("/api", "/switchboard/api", "/q/health/well", "/q/health/group").contains(path);
  }

  /** Without the query, parameters' names, an asterisk, and the last slash. */
  private static String plain(String path) {
    String bare =
        path.replaceAll("\\?.*", "")
            .replaceAll("\\{[^}]*}|:[A-Za-z]+", "{}")
            .replaceAll("/?\\*$", "");
    return bare.length() > 1 && bare.endsWith("/") ? bare.substring(0, bare.length() - 1) : bare;
  }

  @Test
  void every_scheduled_job_is_listed() {
    Set<String> scheduled =
        CODE.stream()
            .flatMap(type -> type.getMethods().stream())
            .filter(method -> method.isAnnotatedWith(Scheduled.class))
            .map(method -> method.getOwner().getSimpleName() + "." + method.getName())
            .collect(Collectors.toSet());
    assertThat(Inventory.JOBS).isEqualTo(scheduled).contains(Inventory.SLOWEST_JOB);
  }

  @Test
  void every_class_with_a_timer_of_its_own_is_listed() {
    Set<String> ticking =
        CODE.stream()
            .flatMap(type -> type.getMethodCallsFromSelf().stream())
            .filter(
                call ->
                    Set.of("setPeriodic", "ticks").contains(call.getTarget().getName())
                        || call.getTargetOwner().isEquivalentTo(Timers.class)
                            && Set.of("after", "pause").contains(call.getTarget().getName()))
            .filter(call -> !call.getOriginOwner().isEquivalentTo(Timers.class))
            .map(call -> call.getOriginOwner().getSimpleName())
            .collect(Collectors.toSet());
    assertThat(Inventory.TICKING).isEqualTo(ticking);
  }

  @Test
  void every_setting_is_listed() {
    Set<String> settings = new TreeSet<>(Settings.all("*").keySet());
    TreeSet<String> listed = new TreeSet<>(Inventory.ELSEWHERE.keySet());
    Inventory.SETTINGS.keySet().forEach(name -> listed.add(name.replaceAll("\"[^\"]*\"", "*")));
    assertThat(listed).isEqualTo(settings);
  }

  @Test
  void no_setting_of_the_list_is_the_default() throws Exception {
    var config = org.eclipse.microprofile.config.ConfigProvider.getConfig();
    Inventory.SETTINGS.forEach(
        (name, value) ->
            assertThat(Arrays.asList(value))
                .as(name)
                .doesNotContain(config.getOptionalValue(name, String.class).orElse("")));
  }
}
