package chat.switchboard.deploy;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.faults.DatabaseForReplicas;
import chat.switchboard.faults.Replica;
import chat.switchboard.support.TestDatabase;
import com.mongodb.client.model.Filters;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of {@code k8s/components/hooks}: the packaged service starts with it. */
class HooksExampleIT {

  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  @Test
  void the_service_starts_with_the_example_and_its_hooks_are_read_only(@TempDir Path folder)
      throws Exception {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed to start it");
    Path secrets = Files.createDirectory(folder.resolve("secrets"));
    Files.writeString(secrets.resolve("deploys"), SECRET + "\n");
    Files.writeString(secrets.resolve("alerts"), SECRET);
    Path settings = folder.resolve("application.properties");
    Files.writeString(
        settings,
        Files.readString(Path.of("k8s/components/hooks/hooks.properties"))
            .replace("/etc/switchboard/hooks", secrets.toString())
            .replace("digest=30s", "digest=1s"));
    try (DatabaseForReplicas database = new DatabaseForReplicas();
        Replica replica =
            Replica.start(
                    database.uri(),
                    "-Dquarkus.config.locations=" + settings,
                    "-DCRM_SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
                .ready()) {
      for (String hook : new String[] {"deploys", "alerts"}) {
        key().get(replica.url("/api/hooks/" + hook)).then().body("readOnly", equalTo(true));
        key()
            .contentType(ContentType.JSON)
            .body("{\"scheme\":\"github\"}")
            .put(replica.url("/api/hooks/" + hook))
            .then()
            .statusCode(409)
            .body("error", containsString("is in the configuration"));
        key().delete(replica.url("/api/hooks/" + hook)).then().statusCode(409);
        key().post(replica.url("/api/hooks/" + hook + "/secret")).then().statusCode(409);
      }
      key().get(replica.url("/api/events")).then().body("items.name", hasItem("crm"));
      given()
          .header("Authorization", "Bearer " + SECRET)
          .contentType(ContentType.JSON)
          .body(Files.readString(Path.of("src/test/resources/hooks/alertmanager/firing.json")))
          .post(replica.url("/api/hooks/alerts"))
          .then()
          .statusCode(200)
          .body("status", equalTo("accepted"));
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(
                          database
                              .libreChat
                              .collection("messages")
                              .find(Filters.eq("metadata.hook", "alerts"))
                              .first())
                      .isNotNull());
      assertThat(replica.log()).doesNotContain(SECRET);
    }
  }

  private static RequestSpecification key() {
    return given().header("X-Internal-API-Key", TestDatabase.API_KEY);
  }
}
