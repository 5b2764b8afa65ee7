package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the owner's page learns about WhatsApp's window. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class WindowsDoorTest {

  private static final String ANN = "whatsapp:+15551230078";

  @Test
  void the_owner_alone_sees_the_windows_of_a_conversation() {
    try (LibreChat libreChat = new LibreChat()) {
      String owner = libreChat.user();
      String conversation = libreChat.conversation(owner);
      given()
          .header("X-Internal-API-Key", TestDatabase.API_KEY)
          .contentType(ContentType.JSON)
          .body(
              Map.of(
                  "phoneNumber",
                  ANN,
                  "serviceNumber",
                  "whatsapp:+15557654321",
                  "conversationId",
                  conversation,
                  "label",
                  "Ann"))
          .post("/api/mappings")
          .then()
          .statusCode(201);
      Twilio.sms("Hello").from(ANN).to("whatsapp:+15557654321").arrives().then().statusCode(200);
      windows(owner, conversation)
          .statusCode(200)
          .header("Cache-Control", "no-store")
          .body("people.name", equalTo(java.util.List.of("Ann")))
          .body("people[0].open", equalTo(true));
      windows(libreChat.user(), conversation).statusCode(200).body("people", empty());
      windows(owner, UUID.randomUUID().toString()).statusCode(200).body("people", empty());
      windows(owner, "x").statusCode(400);
      given().get("/switchboard/windows/" + conversation).then().statusCode(401);
    }
  }

  private static ValidatableResponse windows(String user, String conversation) {
    return given()
        .header("Authorization", "Bearer " + LibreChat.token(user, Duration.ofMinutes(5)))
        .get("/switchboard/windows/" + conversation)
        .then();
  }
}
