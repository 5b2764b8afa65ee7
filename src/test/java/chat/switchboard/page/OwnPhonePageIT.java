package chat.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import chat.switchboard.faults.DatabaseForReplicas;
import chat.switchboard.faults.Replica;
import chat.switchboard.support.Chromium;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.Twilio;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page for own phones in a real browser, beside a page that is made as LibreChat's is. */
class OwnPhonePageIT {

  /** Asks as the page does, and returns the tokens that come within a second and a half. */
  private static final String ASK =
      """
      async () => {
        const channel = new BroadcastChannel('switchboard:phone');
        const heard = [];
        channel.onmessage = ({ data }) => heard.push(data?.token);
        channel.postMessage({ ask: 'token' });
        await new Promise((done) => setTimeout(done, 1500));
        channel.close();
        return heard.filter(Boolean);
      }""";

  private static DatabaseForReplicas database;
  private static Replica replica;
  private static Front front;
  private static Front elsewhere;
  private static Chromium chromium;

  private final List<String> errors = new ArrayList<>();
  private BrowserContext person;
  private String user;

  @BeforeAll
  static void start() throws Exception {
    chromium = Chromium.start();
    Optional<String> missing = Front.unavailable();
    if (missing.isPresent()) {
      if (System.getenv("CI") != null) {
        fail(missing.get());
      }
      abort("Skipped, the page for own phones: " + missing.get());
    }
    database = new DatabaseForReplicas();
    replica = Replica.start(database.uri(), "-Dswitchboard.twilio.from=+15557654321").ready();
    front = new Front(database.libreChat, () -> replica.url(""));
    elsewhere = new Front(database.libreChat, () -> replica.url(""));
  }

  @AfterAll
  static void stop() {
    for (AutoCloseable one : new AutoCloseable[] {elsewhere, front, replica, database, chromium}) {
      try {
        if (one != null) {
          one.close();
        }
      } catch (Exception closed) {
        throw new IllegalStateException(closed);
      }
    }
  }

  @BeforeEach
  void somebody() {
    person = chromium.person(900, 900, ColorScheme.LIGHT);
    user = database.libreChat.user();
  }

  @AfterEach
  void leave() {
    person.close();
    assertThat(errors).as("what the pages met").isEmpty();
  }

  private Page open(String address) {
    Page page = person.newPage();
    page.onPageError(errors::add);
    page.navigate(address);
    return page;
  }

  private Page libreChat(Front at) {
    String conversation = database.libreChat.conversation(user);
    Page page =
        open(
            at.url(
                "/?c=" + conversation + "&token=" + LibreChat.token(user, Duration.ofMinutes(15))));
    assertThat(page.locator("#chat li")).hasCount(2);
    return page;
  }

  @Test
  void a_user_links_a_phone_chooses_an_agent_and_unlinks() {
    Page page = open(front.url("/switchboard/phone/"));
    assertThat(page.locator("#begin-text")).containsText("Open LibreChat in another tab");
    assertThat(page.locator("#room")).isHidden();
    libreChat(front);
    assertThat(page.locator("#room")).isVisible();
    assertThat(page.locator("#none")).isVisible();
    page.locator("#new-code").click();
    assertThat(page.locator("#code"))
        .hasText(java.util.regex.Pattern.compile("[A-Z2-9]{4}-[A-Z2-9]{4}"));
    assertThat(page.locator("#numbers")).hasText("+15557654321");
    Twilio.sms(page.locator("#code").textContent())
        .from("+15551239876")
        .arrivesAt(given().baseUri(replica.url("")).port(replica.port), Twilio.WEBHOOK)
        .then()
        .statusCode(200);
    assertThat(page.locator("#phones h3")).hasText("+15551239876");
    assertThat(page.locator("#code-line")).isHidden();
    assertThat(page.locator("#phones option")).hasCount(3);
    page.locator("#phones select").selectOption("Agent: <b>Ada</b>");
    page.waitForCondition(() -> stored().getString("agentId") != null);
    assertThat(stored().getString("endpoint")).isEqualTo("agents");
    Chromium.screenshot(page, "own-phones");
    page.locator("#phones button").click();
    assertThat(page.locator("#none")).isVisible();
    assertThat(stored()).isNull();
  }

  private org.bson.Document stored() {
    return database
        .libreChat
        .collection("switchboard_phones")
        .find(new org.bson.Document("user", user))
        .first();
  }

  @Test
  void a_page_of_another_origin_gets_no_token() {
    libreChat(front);
    // The same host with another port is another origin.
    Page other = open(elsewhere.url("/switchboard/phone/"));
    assertThat((List<?>) other.evaluate(ASK)).isEmpty();
    Page host = open(elsewhere.url("/switchboard/").replace("localhost", "127.0.0.1"));
    assertThat((List<?>) host.evaluate(ASK)).isEmpty();
    assertThat(other.locator("#begin-text")).containsText("Open LibreChat in another tab");
  }

  /** Such a page has LibreChat's cookies, and can get a token from LibreChat itself. */
  @Test
  void a_page_of_the_same_origin_gets_the_token_at_every_path() {
    libreChat(front);
    Page same = open(front.url("/switchboard/"));
    assertThat((List<?>) same.evaluate(ASK)).hasSize(1);
  }

  @Test
  void another_browser_gets_no_token() {
    libreChat(front);
    try (BrowserContext stranger = chromium.person()) {
      Page page = stranger.newPage();
      page.navigate(front.url("/switchboard/phone/"));
      assertThat((List<?>) page.evaluate(ASK)).isEmpty();
    }
  }
}
