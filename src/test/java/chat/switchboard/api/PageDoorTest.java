package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.blankOrNullString;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.config.DecoderConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class PageDoorTest {

  private static final String LIVE = "/switchboard/live.js";

  /** Compressed; a browser fetches the script once for each version. */
  private static final int SCRIPT = 9_500;

  @Test
  void the_script_is_small() {
    int size =
        accepting("gzip")
            .get(LIVE)
            .then()
            .statusCode(200)
            .header("Content-Encoding", "gzip")
            .header("Content-Type", "text/javascript;charset=UTF-8")
            .extract()
            .asByteArray()
            .length;
    System.out.println("live.js has " + size + " bytes, compressed");
    assertThat(size).isLessThan(SCRIPT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"identity", "gzip"})
  void a_browser_with_the_current_file_gets_304(String encoding) {
    Response first = accepting(encoding).get(LIVE);
    String tag = first.header("ETag");
    assertThat(tag).startsWith("\"").endsWith("\"");
    accepting(encoding)
        .header("If-None-Match", "\"other\", " + tag)
        .get(LIVE)
        .then()
        .statusCode(304)
        .header("ETag", tag)
        .header("Cache-Control", "no-cache")
        .header("Vary", "Accept-Encoding")
        .body(blankOrNullString());
    accepting(encoding).header("If-None-Match", "\"other\"").get(LIVE).then().statusCode(200);
  }

  @Test
  void compressed_and_plain_have_different_tags() {
    assertThat(accepting("gzip").get(LIVE).header("ETag"))
        .isNotEqualTo(accepting("identity").get(LIVE).header("ETag"));
    accepting("gzip;q=0, identity").get(LIVE).then().header("Content-Encoding", nullValue());
  }

  @ParameterizedTest
  @CsvSource({
    "/switchboard/, text/html",
    "/switchboard/index.html, text/html",
    "/switchboard/page.js, text/javascript",
    "/switchboard/client.js, text/javascript",
    "/switchboard/style.css, text/css",
    "/switchboard/phone/, text/html",
    "/switchboard/phone/phone.js, text/javascript",
    "/switchboard/icons/sms.svg, image/svg+xml",
    "/switchboard/icons/whatsapp.svg, image/svg+xml",
    "/switchboard/icons/webhook.svg, image/svg+xml",
    "/switchboard/icons/api.svg, image/svg+xml",
    "/switchboard/icons/external.svg, image/svg+xml",
    "/q/swagger-ui/, text/html",
    "/q/swagger-ui/index.html, text/html",
    "/q/swagger-ui/api.js, text/javascript",
    "/q/swagger-ui/api.css, text/css",
    "/q/swagger-ui/style.css, text/css",
    "/q/swagger-ui/favicon.svg, image/svg+xml",
  })
  void each_file_has_its_type_and_lets_nothing_else_run(String path, String type) {
    given()
        .get(path)
        .then()
        .statusCode(200)
        .header("Content-Type", containsString(type))
        .header("Content-Security-Policy", containsString("default-src 'none'"))
        .header("Content-Security-Policy", not(containsString("unsafe")))
        .header("X-Content-Type-Options", "nosniff")
        .header("X-Frame-Options", "DENY")
        .header("Referrer-Policy", "no-referrer");
    given().head(path).then().statusCode(200).header("ETag", not(blankOrNullString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/switchboard/nothing",
        "/switchboard/../application.properties",
        "/switchboard/icons/../../application.properties",
        "/switchboard/%2e%2e/application.properties",
        "/switchboard/simulator/",
        "/switchboard/simulator/owner",
        "/q/swagger-ui/nothing",
        "/q/swagger-ui/../../application.properties"
      })
  void the_page_door_serves_no_other_file(String path) {
    given().urlEncodingEnabled(false).get(path).then().statusCode(404);
  }

  @Test
  void the_address_without_its_slash_leads_to_the_page() {
    given()
        .redirects()
        .follow(false)
        .get("/switchboard")
        .then()
        .statusCode(308)
        .header("Location", "switchboard/");
  }

  @Test
  void the_page_of_the_api_has_its_address_with_a_slash() {
    given()
        .redirects()
        .follow(false)
        .get("/q/swagger-ui")
        .then()
        .statusCode(308)
        .header("Location", "swagger-ui/");
  }

  @Test
  void every_icon_of_the_sources_is_served() throws IOException {
    try (var icons = Files.list(Path.of("src/main/resources/page/icons"))) {
      icons.forEach(
          icon -> given().get("/switchboard/icons/" + icon.getFileName()).then().statusCode(200));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/feed", "/api/streams", "/api/doctor"})
  void the_operators_pages_data_needs_the_key(String door) {
    given().get(door).then().statusCode(401).body("status", equalTo(401));
    given().header("X-API-Key", TestDatabase.API_KEY).get(door).then().statusCode(200);
  }

  /** The bytes as they come: nothing is asked for, and nothing unpacked, but what is said here. */
  private static RequestSpecification accepting(String encoding) {
    return given()
        .config(
            RestAssuredConfig.config()
                .decoderConfig(DecoderConfig.decoderConfig().noContentDecoders()))
        .header("Accept-Encoding", encoding);
  }
}
