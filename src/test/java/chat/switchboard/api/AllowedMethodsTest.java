package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.TestDatabase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class AllowedMethodsTest {

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY");

  /** Until the unique indexes are made, /q/health answers 503. */
  @BeforeEach
  void ready() {
    await().until(() -> given().get("/q/health/ready").statusCode() == 200);
  }

  @Test
  void options_lists_the_methods_of_its_own_address() throws Exception {
    documented()
        .forEach(
            (path, methods) -> {
              Response answer = given().urlEncodingEnabled(false).options(sample(path));
              assertThat(answer.statusCode()).as(path).isEqualTo(200);
              assertThat(allow(answer)).as(path).isEqualTo(withHeadAndOptions(path, methods));
            });
  }

  @Test
  void another_method_is_answered_with_those_that_are_allowed() throws Exception {
    documented()
        .forEach(
            (path, methods) -> {
              Set<String> allowed = withHeadAndOptions(path, methods);
              for (String method : METHODS) {
                if (!allowed.contains(method)) {
                  Response answer = given().urlEncodingEnabled(false).request(method, sample(path));
                  assertThat(answer.statusCode()).as(method + " " + path).isEqualTo(405);
                  assertThat(allow(answer)).as(method + " " + path).isEqualTo(allowed);
                  assertThat(answer.contentType()).isEqualTo("application/problem+json");
                }
              }
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/q/health",
        "/q/health/ready",
        "/q/metrics",
        "/q/openapi",
        "/q/swagger-ui",
        "/q/swagger-ui/",
        "/q/swagger-ui/api.js",
        "/switchboard",
        "/switchboard/",
        "/switchboard/live.js",
        "/switchboard/icons/sms.svg"
      })
  void a_read_only_address_refuses_other_methods(String path) {
    for (String method : List.of("POST", "PUT", "PATCH", "DELETE", "TRACE")) {
      Response answer = given().request(method, path);
      assertThat(answer.statusCode()).as(method).isEqualTo(405);
      assertThat(allow(answer)).containsExactly("GET", "HEAD", "OPTIONS");
    }
    assertThat(given().options(path).header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
    assertThat(given().redirects().follow(false).head(path).statusCode()).isLessThan(400);
  }

  @Test
  void the_alias_of_an_address_takes_the_same_methods() {
    Response answer = given().delete("/switchboard/api/sms");
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(allow(answer)).containsExactly("GET", "HEAD", "OPTIONS", "POST");
  }

  @Test
  void an_address_that_is_none_is_not_found_whatever_the_method() {
    for (String method : METHODS) {
      assertThat(given().request(method, "/api/nothing").statusCode()).isEqualTo(404);
    }
  }

  private static Map<String, Set<String>> documented() throws Exception {
    String json = given().get("/q/openapi?format=json").asString();
    Map<String, Set<String>> documented = new TreeMap<>();
    JsonNode paths = new ObjectMapper().readTree(json).path("paths");
    paths
        .properties()
        .forEach(
            path -> {
              Set<String> methods = new TreeSet<>();
              path.getValue()
                  .fieldNames()
                  .forEachRemaining(name -> methods.add(name.toUpperCase()));
              documented.put(path.getKey(), methods);
            });
    return documented;
  }

  private static String sample(String path) {
    return path.replaceAll("\\{[^}]*}", "abc");
  }

  private static Set<String> withHeadAndOptions(String path, Set<String> methods) {
    Set<String> all = new TreeSet<>(methods);
    all.add("OPTIONS");
    if (methods.contains("GET") && !path.endsWith("/stream")) {
      all.add("HEAD");
    }
    return all;
  }

  private static Set<String> allow(Response answer) {
    return new TreeSet<>(Arrays.asList(answer.header("Allow").split(", ")));
  }
}
