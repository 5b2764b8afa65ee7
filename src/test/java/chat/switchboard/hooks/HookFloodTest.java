package chat.switchboard.hooks;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.Http;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A hook that receives a thousand webhooks at once. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(HookFloodTest.WithHooks.class)
class HookFloodTest {

  private static final String SECRET = "a secret of the tests 2";

  /** Two hooks, each with 50 webhooks in ten seconds. */
  public static class WithHooks implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "switchboard.limits.hook-per-second", "5",
          "switchboard.hooks.\"loud\".scheme", "token",
          "switchboard.hooks.\"loud\".secrets", SECRET,
          "switchboard.hooks.\"loud\".template", "{n}",
          "switchboard.hooks.\"calm\".scheme", "token",
          "switchboard.hooks.\"calm\".secrets", SECRET,
          "switchboard.hooks.\"calm\".template", "{n}");
    }
  }

  @TestHTTPResource URL url;

  private final LibreChat libreChat = new LibreChat();

  @Test
  void too_many_webhooks_of_one_hook_get_429_and_other_requests_are_answered() {
    String owner = libreChat.owner();
    String conversation = libreChat.conversation(owner);
    List<CompletableFuture<HttpResponse<String>>> flood = new ArrayList<>();
    for (int n = 0; n < 1_000; n++) {
      flood.add(send("loud", n));
    }
    for (int at = 0; at < 10; at++) {
      given()
          .header("X-Internal-API-Key", TestDatabase.API_KEY)
          .contentType(ContentType.JSON)
          .body("{\"role\":\"external\",\"content\":\"Meanwhile " + at + "\"}")
          .post("/api/messages/" + conversation + "/external")
          .then()
          .statusCode(201);
    }
    List<HttpResponse<String>> answers = flood.stream().map(CompletableFuture::join).toList();
    assertThat(answers).extracting(HttpResponse::statusCode).contains(200, 429).doesNotContain(500);
    assertThat(answers)
        .filteredOn(one -> one.statusCode() == 429)
        .hasSizeGreaterThan(500)
        .allMatch(one -> one.headers().firstValue("Retry-After").isPresent());
    assertThat(send("calm", 1).join().statusCode()).isEqualTo(200);
  }

  private CompletableFuture<HttpResponse<String>> send(String hook, int number) {
    return Http.CLIENT.sendAsync(
        HttpRequest.newBuilder(URI.create(url + "api/hooks/" + hook))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + SECRET)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"n\":" + number + "}"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
