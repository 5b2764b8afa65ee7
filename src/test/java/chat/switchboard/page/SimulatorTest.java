package chat.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import chat.switchboard.ops.Digests;
import chat.switchboard.support.Chromium;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import java.nio.file.Path;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.bson.Document;
import org.bson.types.Binary;
import org.junit.jupiter.api.Test;

/** Dev mode's telephones. */
@QuarkusTest
@QuarkusTestResource(value = TestDatabase.class, restrictToAnnotatedClass = true)
@TestProfile(SimulatorTest.DevMode.class)
class SimulatorTest {

  private static final String MESSAGES =
      "/switchboard/simulator/twilio/2010-04-01/Accounts/" + Twilio.ACCOUNT + "/Messages.json";

  /** The beans of dev mode, on the tests' database. */
  public static class DevMode implements QuarkusTestProfile {
    @Override
    public String getConfigProfile() {
      return "dev";
    }

    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "MONGO_URI", "the tests' own",
          "quarkus.http.test-port", "0",
          "switchboard.demo.seed", "false");
    }
  }

  @Test
  void a_text_typed_in_the_simulator_arrives_signed_and_gets_an_answer() {
    open();
    given()
        .contentType(ContentType.JSON)
        .body("{\"from\":\"+15551230088\",\"body\":\"Hello\"}")
        .post("/switchboard/simulator/text")
        .then()
        .statusCode(200)
        .body("status", equalTo(200))
        .body("twiml", org.hamcrest.Matchers.containsString("This is a new conversation"));
  }

  @Test
  void no_other_sites_form_can_type_here() {
    given()
        .contentType("text/plain")
        .body("{\"from\":\"+15551230088\",\"body\":\"Hello\"}")
        .post("/switchboard/simulator/text")
        .then()
        .statusCode(400);
  }

  @Test
  void texts_that_are_sent_are_shown_and_become_delivered() {
    String sid = sent("+15551239999", "From the outbox");
    Awaitility.await()
        .untilAsserted(
            () ->
                given()
                    .get("/switchboard/simulator/texts")
                    .then()
                    .body("items.find { it.sid == '" + sid + "' }.status", equalTo("delivered")));
    given()
        .formParam("To", "+15005550001")
        .formParam("From", "+15557654321")
        .formParam("Body", "x")
        .post("/switchboard/simulator/twilio/2010-04-01/Accounts/AC0/Messages.json")
        .then()
        .statusCode(400)
        .body("code", equalTo(21211));
    given()
        .get("/switchboard/simulator/twilio/2010-04-01/Accounts/AC0/IncomingPhoneNumbers.json")
        .then()
        .body("incoming_phone_numbers.phone_number", hasItem("+15557654321"));
  }

  @Test
  void a_newcomer_types_on_two_phones_and_sees_what_the_owner_sees() {
    open();
    try (Chromium chromium = Chromium.start();
        BrowserContext person = chromium.person(1360, 900, ColorScheme.LIGHT)) {
      Page page = person.newPage();
      page.navigate("http://localhost:" + RestAssured.port + "/switchboard/simulator/");
      assertThat(page.locator("#reach")).hasText("Listening");
      Locator ada = page.locator(".phone").nth(0);
      Locator ben = page.locator(".phone").nth(1);
      type(ada, "Is the corner table free tonight?");
      assertThat(ada.locator(".theirs").first()).containsText("new conversation");
      type(ben, "I am ten minutes late, sorry!");
      sent("+15551230002", "No hurry, the kitchen is open until ten.");
      assertThat(ben.locator(".said").last()).hasText("Sent through the API: delivered");
      ada.locator("select").selectOption("WhatsApp");
      type(ada, "We would be four.");
      assertThat(page.locator(".chat")).hasCount(3);
      assertThat(page.locator("#chats")).containsText("ten minutes late");
      assertThat(page.locator("#chats")).containsText("WhatsApp Ada");
      Chromium.waitForPictures(page);
      Chromium.screenshot(page, "simulator-light");
      if (Boolean.getBoolean("update.docs")) {
        page.screenshot(
            new Page.ScreenshotOptions()
                .setPath(Path.of("docs/images/simulator.png"))
                .setClip(0, 0, 1360, 620));
      }
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
      page.setViewportSize(390, 844);
      Chromium.screenshot(page, "simulator-phone-dark");
    }
  }

  @Test
  void whatsapps_window_moves_for_twilio_and_for_the_service() {
    open();
    String emil = "whatsapp:+15551230005";
    awaitStatus(sent(emil, "Too early"), "failed");
    given()
        .contentType(ContentType.JSON)
        .body("{\"from\":\"" + emil + "\",\"body\":\"Hello\"}")
        .post("/switchboard/simulator/text")
        .then()
        .statusCode(200)
        .body("status", equalTo(200));
    chat(emil, "open", true);
    awaitStatus(sent(emil, "In time"), "read");
    given()
        .formParam("messageId", lastSid(emil))
        .formParam("channel", "whatsapp")
        .post("/switchboard/simulator/twilio/v2/Indicators/Typing.json")
        .then()
        .statusCode(200);
    chat(emil, "typing", true);
    given()
        .contentType(ContentType.JSON)
        .body("{\"person\":\"" + emil + "\"}")
        .post("/switchboard/simulator/later")
        .then()
        .statusCode(200);
    chat(emil, "open", false);
    chat(emil, "typing", false);
    awaitStatus(sent(emil, "Too late"), "failed");
    try (LibreChat libreChat = new LibreChat()) {
      Document window =
          libreChat.collection("switchboard_windows").find(new Document("account", emil)).first();
      org.assertj.core.api.Assertions.assertThat(window.getDate("writtenAt"))
          .isBefore(Date.from(java.time.Instant.now().minus(java.time.Duration.ofHours(24))));
    }
    String sid =
        given()
            .formParam("To", emil)
            .formParam("From", "whatsapp:+15557654321")
            .formParam("ContentSid", "HX" + "0".repeat(31) + "2")
            .formParam("ContentVariables", "{\"1\":\"20:00\"}")
            .post(MESSAGES)
            .then()
            .statusCode(201)
            .extract()
            .path("sid");
    awaitStatus(sid, "read");
    given()
        .get("/switchboard/simulator/texts")
        .then()
        .body("items.find { it.sid == '" + sid + "' }.buttons.title", hasItem("Cancel"))
        .body(
            "items.find { it.sid == '" + sid + "' }.body",
            equalTo("Does the table at 20:00 still suit you?"));
    given()
        .get("/switchboard/simulator/twilio/v1/ContentAndApprovals")
        .then()
        .body("contents.friendly_name", hasItem("table_tonight"));
    given()
        .formParam("To", emil)
        .formParam("From", "whatsapp:+15557654321")
        .formParam("ContentSid", "HX" + "0".repeat(31) + "2")
        .formParam("ContentVariables", "{\"2\":\"20:00\"}")
        .post(MESSAGES)
        .then()
        .statusCode(400)
        .body("code", equalTo(21656));
    given()
        .contentType("text/plain")
        .body("{\"person\":\"" + emil + "\"}")
        .post("/switchboard/simulator/later")
        .then()
        .statusCode(400);
  }

  private static void awaitStatus(String sid, String status) {
    Awaitility.await()
        .untilAsserted(
            () ->
                given()
                    .get("/switchboard/simulator/texts")
                    .then()
                    .body("items.find { it.sid == '" + sid + "' }.status", equalTo(status)));
  }

  private static void chat(String person, String field, boolean value) {
    given()
        .get("/switchboard/simulator/whatsapp")
        .then()
        .body("items.find { it.person == '" + person + "' }." + field, equalTo(value));
  }

  @Test
  void whatsapp_has_a_window_ticks_templates_buttons_and_typing() {
    open();
    String dora = "whatsapp:+15551230004";
    try (Chromium chromium = Chromium.start();
        BrowserContext person = chromium.person(1360, 900, ColorScheme.LIGHT)) {
      Page page = person.newPage();
      page.navigate("http://localhost:" + RestAssured.port + "/switchboard/simulator/");
      assertThat(page.locator("#reach")).hasText("Listening");
      page.locator("#add").click();
      Locator phone = page.locator(".phone").nth(3);
      phone.locator("select").selectOption("WhatsApp");
      assertThat(phone.locator(".until")).containsText("Window closed");
      type(phone, "Is there a table tonight?");
      assertThat(phone.locator(".until")).containsText("Window open until");

      sent(dora, "Yes, at eight.");
      assertThat(phone.locator(".said").last()).hasText("Sent through the API: ✓✓ read");

      given()
          .formParam("messageId", lastSid(dora))
          .formParam("channel", "whatsapp")
          .post("/switchboard/simulator/twilio/v2/Indicators/Typing.json")
          .then()
          .statusCode(200);
      assertThat(phone.locator(".typing")).hasText("typing…");

      phone.locator(".later").click();
      assertThat(phone.locator(".until")).containsText("only templates arrive");
      assertThat(phone.locator(".typing")).hasText("");
      try (LibreChat libreChat = new LibreChat()) {
        Document window =
            libreChat.collection("switchboard_windows").find(new Document("account", dora)).first();
        org.assertj.core.api.Assertions.assertThat(window.getDate("writtenAt"))
            .isBefore(new Date(System.currentTimeMillis() - 24 * 3_600_000L));
      }
      sent(dora, "Are you coming?");
      assertThat(phone.locator(".said").last()).containsText("63016");

      given()
          .formParam("To", dora)
          .formParam("From", "whatsapp:+15557654321")
          .formParam("ContentSid", "HX" + "0".repeat(31) + "2")
          .formParam("ContentVariables", "{\"1\":\"20:00\"}")
          .post(MESSAGES)
          .then()
          .statusCode(201);
      Locator bubble = phone.locator(".theirs").last();
      assertThat(bubble).containsText("Does the table at 20:00 still suit you?");
      bubble.locator("button", new Locator.LocatorOptions().setHasText("Cancel")).click();
      assertThat(phone.locator(".mine").last()).hasText("Cancel");
      assertThat(phone.locator(".until")).containsText("Window open until");
      assertThat(page.locator("#chats")).containsText("Cancel");
      Chromium.screenshot(page, "simulator-whatsapp");
    }
  }

  /** Twilio's id of the last text of this person. */
  private static String lastSid(String person) {
    return given()
        .get("/switchboard/simulator/whatsapp")
        .then()
        .extract()
        .path("items.find { it.person == '" + person + "' }.lastSid");
  }

  @Test
  void a_phone_sends_a_picture_and_shows_the_picture_that_comes() {
    open();
    String capability = "simulatorpicture" + System.nanoTime() % 1_000_000;
    capability += "x".repeat(22 - capability.length());
    picture(capability);
    try (Chromium chromium = Chromium.start();
        BrowserContext person = chromium.person(1360, 900, ColorScheme.LIGHT)) {
      Page page = person.newPage();
      page.navigate("http://localhost:" + RestAssured.port + "/switchboard/simulator/");
      assertThat(page.locator("#reach")).hasText("Listening");
      Locator cleo = page.locator(".phone").nth(2);
      cleo.locator("textarea").fill("Look at this");
      cleo.locator(".camera summary").click();
      Chromium.screenshot(page, "simulator-camera");
      cleo.locator("[data-sample='sunset.png']").click();
      assertThat(cleo.locator(".mine")).containsText("Look at this");
      assertThat(cleo.locator(".mine img")).hasCount(1);
      assertThat(cleo.locator(".said").last())
          .containsText(
              "Delivered", new LocatorAssertions.ContainsTextOptions().setTimeout(20_000));
      assertThat(page.locator("#chats")).containsText("Look at this");
      String sid =
          given()
              .formParam("To", "+15551230003")
              .formParam("From", "+15557654321")
              .formParam("Body", "And this")
              .formParam("MediaUrl", TestDatabase.PUBLIC_URL + "/switchboard/media/" + capability)
              .post(MESSAGES)
              .then()
              .statusCode(201)
              .body("num_media", equalTo("1"))
              .extract()
              .path("sid");
      assertThat(cleo.locator(".theirs img")).hasCount(1);
      assertThat(cleo.locator(".theirs").last()).containsText("And this");
      Chromium.waitForPictures(page);
      given()
          .get("/switchboard/simulator/texts")
          .then()
          .body("items.find { it.sid == '" + sid + "' }.media[0].type", equalTo("image/png"));
      Chromium.screenshot(page, "simulator-pictures");
    }
  }

  @Test
  void twilios_media_want_the_credentials_and_the_samples_are_what_they_say() {
    String media =
        "/switchboard/simulator/twilio/2010-04-01/Accounts/"
            + Twilio.ACCOUNT
            + "/Messages/MM"
            + "0".repeat(32)
            + "/Media/ME"
            + "0".repeat(32);
    given().get(media).then().statusCode(401);
    byte[] picture =
        given()
            .auth()
            .preemptive()
            .basic("AC", "token")
            .get(media)
            .then()
            .statusCode(200)
            .contentType("image/png")
            .extract()
            .asByteArray();
    org.assertj.core.api.Assertions.assertThatCode(
            () ->
                org.assertj.core.api.Assertions.assertThat(
                        javax.imageio.ImageIO.read(new java.io.ByteArrayInputStream(picture))
                            .getWidth())
                    .isEqualTo(160))
        .doesNotThrowAnyException();
    given()
        .auth()
        .preemptive()
        .basic("AC", "token")
        .get(media.replaceAll("0{4}$", "00ff"))
        .then()
        .statusCode(404);
    given().get("/switchboard/simulator/samples/menu.pdf").then().contentType("application/pdf");
    given().get("/switchboard/simulator/samples/other.png").then().statusCode(404);
  }

  /** A file in the storage, and the capability that opens the file. */
  private static void picture(String capability) {
    byte[] bytes =
        given().get("/switchboard/simulator/samples/checks.png").then().extract().asByteArray();
    String id = "simulator:" + capability;
    try (LibreChat libreChat = new LibreChat()) {
      libreChat
          .collection("switchboard_media.files")
          .insertOne(
              new Document("_id", id)
                  .append("length", (long) bytes.length)
                  .append("chunkSize", 261_120)
                  .append("uploadDate", new Date()));
      libreChat
          .collection("switchboard_media.chunks")
          .insertOne(new Document("files_id", id).append("n", 0).append("data", new Binary(bytes)));
      libreChat
          .collection("switchboard_media")
          .insertOne(
              new Document("_id", id)
                  .append("state", "STORED")
                  .append("type", "PNG")
                  .append("bytes", (long) bytes.length)
                  .append("sha256", "0")
                  .append("shown", true)
                  .append("fileName", "checks.png")
                  .append("bytesId", id)
                  .append("receivedAt", new Date())
                  .append(
                      "capabilities",
                      List.of(new Document("hash", Digests.sha256Hex(capability)))));
    }
  }

  private static void type(Locator phone, String text) {
    phone.locator("textarea").fill(text);
    phone.locator("textarea").press("Enter");
    assertThat(phone.locator(".said").last()).containsText("Delivered");
  }

  private static String sent(String to, String text) {
    return given()
        .formParam("To", to)
        .formParam("From", "+15557654321")
        .formParam("Body", text)
        .post(MESSAGES)
        .then()
        .statusCode(201)
        .body("status", equalTo("queued"))
        .extract()
        .path("sid");
  }

  private static void open() {
    try (LibreChat libreChat = new LibreChat()) {
      libreChat.owner();
    }
  }
}
