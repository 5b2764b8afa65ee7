package chat.switchboard.support;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;

/** A message that a program puts into a conversation by the API. */
public final class Injection {

  private Injection() {}

  /** Puts a message into the conversation; returns its {@code messageId}. */
  public static String into(String conversation) {
    return given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"}")
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(201)
        .extract()
        .path("messageId");
  }
}
