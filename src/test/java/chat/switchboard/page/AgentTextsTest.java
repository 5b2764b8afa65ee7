package chat.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import chat.switchboard.address.Mask;
import chat.switchboard.support.Chromium;
import chat.switchboard.support.FreePort;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
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
import java.util.Optional;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.api.Test;

/**
 * An agent texts the people of a conversation: the tool call in a chat that is made as LibreChat's
 * is, beside the phones of the simulator. {@code -Dupdate.docs=true} writes {@code
 * docs/images/mcp.png}.
 */
@QuarkusTest
@QuarkusTestResource(value = TestDatabase.class, restrictToAnnotatedClass = true)
@TestProfile(AgentTextsTest.DevMode.class)
class AgentTextsTest {

  private static final String ADA = "+15551230001";
  private static final String BEN = "+15551230002";
  private static final String WORDS = "Your table for four is ready at eight. See you then!";

  /** The phones alone, without what the simulator shows of the owner. */
  private static final String PHONES =
      """
      header.top, .skip, .bar, .owner, h2, .phone:nth-child(n+3) { display: none !important }
      main.wide { padding: 0 0 0 20px !important; margin: 0 !important }
      .table { display: block; margin: 0 }
      html, body { overflow: hidden }
      .phones { grid-template-columns: 1fr 1fr; padding: 14px 6px 0 0 }
      .phone { height: 460px }
      """;

  /** The page of the tests has no style of its own. */
  private static final String CHAT =
      """
      <style>
        body { font: 15px/1.45 system-ui, sans-serif; color: #1d1d24; background: #fff }
        #sidebar { display: none }
        #chat { list-style: none; margin: 0; padding: 16px 22px }
        #chat li { padding: 6px 0 }
        #chat li::before { content: attr(data-sender); display: block; font-weight: 650; font-size: 14px }
        #chat p { margin: 6px 0 0 }
        .call { margin: 6px 0; padding: 9px 13px; border: 1px solid #d8d8e2; border-radius: 12px; background: #f7f7fb }
        .call strong { display: block; font-size: 13.5px }
        .call code, .call pre { display: block; margin: 5px 0 0; font: 12.5px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
        .call pre { padding-top: 6px; border-top: 1px solid #e4e4ec }
      </style>
      """;

  private static final String BOTH =
      """
      <!doctype html><title>Phones and a chat</title>
      <style>
        body { margin: 0; display: grid; grid-template-columns: 590px 1fr; height: 100vh; background: #fff }
        iframe { border: 0; width: 100%%; height: 100%% }
        iframe + iframe { border-left: 1px solid #d8d8e2; box-sizing: border-box }
      </style>
      <iframe name="phones" src="%s"></iframe><iframe name="chat" src="%s"></iframe>
      """;

  /** The beans of dev mode, whose simulator gets the texts. */
  public static class DevMode implements QuarkusTestProfile {

    /** Of the application and of its tests: each has another class loader. */
    private static final String PORT = "tests.simulator.port";

    @Override
    public String getConfigProfile() {
      return "dev";
    }

    @Override
    public Map<String, String> getConfigOverrides() {
      if (System.getProperty(PORT) == null) {
        System.setProperty(PORT, String.valueOf(FreePort.next()));
      }
      String port = System.getProperty(PORT);
      return Map.of(
          "MONGO_URI", "the tests' own",
          "quarkus.http.test-port", port,
          "switchboard.demo.seed", "false",
          "switchboard.twilio.from", "+15557654321",
          "switchboard.twilio.api-url",
              "http://127.0.0.1:" + port + "/switchboard/simulator/twilio",
          "switchboard.outbox.segments-per-second", "200",
          "switchboard.quiet-hours", "");
    }
  }

  @Test
  void an_agent_texts_the_people_of_a_conversation_and_their_phones_show_the_words()
      throws Exception {
    Optional<String> missing = Front.unavailable();
    if (missing.isPresent()) {
      if (System.getenv("CI") != null) {
        fail(missing.get());
      }
      abort("Skipped, an agent's texts beside the phones: " + missing.get());
    }
    try (LibreChat libreChat = new LibreChat();
        Front front = new Front(libreChat, () -> "http://127.0.0.1:" + RestAssured.port);
        Chromium chromium = Chromium.start();
        BrowserContext person = chromium.person(1360, 500, ColorScheme.LIGHT)) {
      front.head.set(CHAT);
      String owner = libreChat.owner();
      String conversation = libreChat.conversation(owner);
      libreChat.collection("messages").deleteMany(new Document("conversationId", conversation));
      map(ADA, conversation, "Ada");
      map(BEN, conversation, "Ben");
      String chat = front.url("/?c=" + conversation + "&token=" + LibreChat.token(owner));
      Page page = person.newPage();
      page.navigate(front.url("/plain"));
      page.setContent(BOTH.formatted(front.url("/switchboard/simulator/"), chat));
      Frame phones = page.frame("phones");
      phones.addStyleTag(new Frame.AddStyleTagOptions().setContent(PHONES));
      Locator ada = phones.locator(".phone").nth(0);
      Locator ben = phones.locator(".phone").nth(1);
      assertThat(phones.locator("#reach")).hasText("Listening");

      type(ada, "Is the corner table free tonight? We would be four.");
      type(ben, "I come with Ada. Any time after seven is fine.");
      Locator lines = page.frame("chat").locator("#chat li");
      assertThat(lines).hasCount(2);
      String question =
          libreChat.message(
              conversation,
              owner,
              last(libreChat, conversation, owner),
              "User",
              new Date(),
              new Document("sender", "Rosa")
                  .append("isCreatedByUser", true)
                  .append("text", "Tell both that their table is ready at eight."));
      String arguments = "{\"text\":\"" + WORDS + "\"}";
      String result = call(owner, conversation, arguments);
      libreChat.message(
          conversation,
          owner,
          question,
          "Front desk",
          new Date(),
          new Document("text", "")
              .append(
                  "content",
                  List.of(
                      new Document("type", "tool_call")
                          .append(
                              "tool_call",
                              new Document("id", "call_1")
                                  .append("type", "tool_call")
                                  .append("name", "text_people_here_mcp_switchboard")
                                  .append("args", arguments)
                                  .append("output", result)
                                  .append("progress", 1)),
                      new Document("type", "text")
                          .append("text", "Done: I texted Ada and Ben that the table is ready."))));
      page.frame("chat").navigate(chat);

      assertThat(lines).hasCount(4);
      Locator card = page.frame("chat").locator(".call");
      assertThat(card.locator("strong")).hasText("Ran text_people_here");
      assertThat(card.locator("pre")).containsText("**Ada** (" + Mask.phone(ADA) + "): queued");
      assertThat(card.locator("pre")).containsText("**Ben** (" + Mask.phone(BEN) + "): queued");
      for (Locator phone : List.of(ada, ben)) {
        assertThat(phone.locator(".theirs")).hasText(WORDS);
        assertThat(phone.locator(".said").last()).hasText("Sent through the API: delivered");
      }
      Chromium.screenshot(page, "agent-texts");
      if (Boolean.getBoolean("update.docs")) {
        page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("docs/images/mcp.png")));
      }
    }
  }

  private static void map(String phone, String conversation, String label) {
    given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body(Map.of("phoneNumber", phone, "conversationId", conversation, "label", label))
        .post("/api/mappings")
        .then()
        .statusCode(201);
  }

  private static void type(Locator phone, String text) {
    phone.locator("textarea").fill(text);
    phone.locator("textarea").press("Enter");
    assertThat(phone.locator(".said").last()).containsText("Delivered");
  }

  private static String last(LibreChat libreChat, String conversation, String owner) {
    return libreChat.lastMessage(conversation, owner).getString("messageId");
  }

  /** Calls the tool as LibreChat does for the owner's agent. */
  private static String call(String owner, String conversation, String arguments) {
    String result =
        given()
            .header("X-API-Key", TestDatabase.API_KEY)
            .header("X-LibreChat-User", owner)
            .header("X-LibreChat-Conversation", conversation)
            .header("Accept", "application/json, text/event-stream")
            .contentType(ContentType.JSON)
            .body(
                "{\"jsonrpc\":\"2.0\",\"id\":\""
                    + UUID.randomUUID()
                    + "\",\"method\":\"tools/call\",\"params\":{\"name\":\"text_people_here\","
                    + "\"arguments\":"
                    + arguments
                    + "}}")
            .post("/mcp")
            .then()
            .statusCode(200)
            .extract()
            .path("result.content[0].text");
    assertThat(result).isNotNull().doesNotContain(ADA, BEN);
    return result;
  }
}
