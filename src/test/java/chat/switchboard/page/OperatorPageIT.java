package chat.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.faults.DatabaseForReplicas;
import chat.switchboard.faults.Replica;
import chat.switchboard.support.Chromium;
import chat.switchboard.support.Http;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The operator's page in a real browser, from end to end, against the packaged service. */
class OperatorPageIT {

  private static DatabaseForReplicas database;
  private static Replica replica;
  private static Chromium chromium;

  private final List<String> errors = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();
  private BrowserContext person;

  @BeforeAll
  static void start() throws Exception {
    chromium = Chromium.start();
    PlaywrightAssertions.setDefaultAssertionTimeout(15_000);
    database = new DatabaseForReplicas();
    database.libreChat.conversation(database.owner);
    // No server listens on this port: no test calls the real Twilio.
    replica =
        Replica.start(database.uri(), "-Dswitchboard.twilio.api-url=http://127.0.0.1:9").ready();
    text("Are you open on Sunday?", "+15551230001");
    text("Thank you!", "+15551230001");
    text("whatsapp:+4915112345678", "Guten Tag", "Ada Lovelace");
    text("Call me back", "+88213123456");
    text("Is the blue one still there? We would come by at noon, all four of us.", "+15551230003");
    post(
        "/api/messages/external",
        """
        {"role":"external","content":"Disk 91 % full on db-2","from":"+15551239999",
         "sender":"Monitoring","metadata":{"source":"webhook"}}\
        """);
    for (int i = 1; i <= 3; i++) {
      dead("dead-" + i, i);
    }
  }

  @AfterAll
  static void stop() {
    if (replica != null) {
      replica.close();
    }
    if (database != null) {
      database.close();
    }
    if (chromium != null) {
      chromium.close();
    }
  }

  @AfterEach
  void leave() {
    if (person != null) {
      person.close();
    }
    assertThat(errors).as("what the page met").isEmpty();
    assertThat(requests)
        .as("nothing is asked of third parties, and no key stands in an address")
        .allMatch(url -> url.startsWith(replica.url("/")))
        .noneMatch(url -> url.contains(TestDatabase.API_KEY));
  }

  @Test
  void a_wrong_key_opens_nothing_and_the_right_one_is_kept_for_this_tab_alone() {
    Page page = open(1200, 900, ColorScheme.LIGHT);
    Chromium.screenshot(page, "operator-key");
    page.getByLabel("API key").fill("a-wrong-key-0123456789-0123456789");
    page.getByLabel("API key").press("Enter");
    assertThat(page.getByRole(AriaRole.ALERT).first())
        .containsText("not one of the configured keys");
    assertThat(page.locator("#room")).isHidden();
    page.getByLabel("API key").fill(TestDatabase.API_KEY);
    page.getByLabel("API key").press("Enter");
    assertThat(heading(page, "Live")).isVisible();
    page.reload();
    assertThat(heading(page, "Live")).isVisible();
    assertThat(page.context().cookies()).isEmpty();
    assertThat((Integer) page.evaluate("localStorage.length")).isZero();
    Page other = person.newPage();
    other.navigate(replica.url("/switchboard/"));
    assertThat(other.getByLabel("API key")).isVisible();
    page.getByText("Forget key").click();
    assertThat(page.getByLabel("API key")).isFocused();
    assertThat((Integer) page.evaluate("sessionStorage.length")).isZero();
    // The browser itself says that a request was refused with 401.
    errors.removeIf(error -> error.contains("401"));
  }

  @Test
  void an_incoming_message_is_on_the_operators_page_at_once_without_its_text() throws Exception {
    Page page = enter(1200, 900, ColorScheme.LIGHT);
    assertThat(page.locator("#f-dead")).not().hasText("–");
    assertThat(page.locator("#feed")).containsText("Ada Lovelace");
    text("This is not the operator's to read", "+15551230042");
    Locator newest = page.locator("#feed li").first();
    assertThat(newest).containsText("SMS +1••••••0042");
    assertThat(newest).containsText("34 characters");
    assertThat(page.locator("#feed")).not().containsText("operator's to read");
    assertThat(newest.locator("img")).hasAttribute("alt", "SMS");
    Chromium.waitForPictures(page);
    Chromium.screenshot(page, "operator-live-light");
  }

  @Test
  void the_page_of_the_api_shows_and_tries_operations_under_its_content_security_policy() {
    Page page = open(1200, 900, ColorScheme.DARK);
    com.microsoft.playwright.Response answer = page.navigate(replica.url("/q/swagger-ui"));
    assertThat(answer.url()).endsWith("/q/swagger-ui/");
    assertThat(answer.headers().get("content-security-policy"))
        .contains("default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(page.locator(".group h2").first()).hasText("Messages");
    Locator inject = page.locator("#injectMessage");
    inject.locator("summary").click();
    assertThat(inject).containsText("conversationId required");
    assertThat(inject).containsText("Answers");
    assertThat(inject).containsText("parentMessageId");
    Locator inbox =
        page.locator(".operation")
            .filter(new Locator.FilterOptions().setHasText("/api/inbox"))
            .first();
    inbox.locator("summary").click();
    inbox.locator("button").click();
    assertThat(inbox.locator("form .status")).hasText("401 Unauthorized");
    page.locator("#key").fill(TestDatabase.API_KEY);
    inbox.locator("button").click();
    assertThat(inbox.locator("form .status")).hasText("200 OK");
    assertThat(
            (String)
                page.evaluate(
                    "fetch('https://chat.example.com/').then(() => 'sent', () => 'blocked')"))
        .isEqualTo("blocked");
    Chromium.screenshot(page, "api-page");
    errors.removeIf(error -> error.contains("401") || error.contains("chat.example.com"));
  }

  @Test
  void people_are_found_and_get_a_code_and_can_be_removed() {
    Page page = enter(1200, 900, ColorScheme.LIGHT);
    page.getByRole(AriaRole.LINK, named("People")).click();
    assertThat(heading(page, "People")).isFocused();
    page.getByLabel("Phone number").fill("+1 (555) 123-0003");
    page.getByLabel("Phone number").press("Enter");
    Locator rows = page.locator("#people-list tbody tr");
    assertThat(rows).hasCount(1);
    assertThat(rows).containsText("+15551230003");
    rows.getByText("New code").click();
    assertThat(rows.locator(".code")).hasText(java.util.regex.Pattern.compile("[0-9A-Z]{6}"));
    Chromium.screenshot(page, "operator-people-light");
    rows.getByText("Remove").click();
    assertThat(page.getByRole(AriaRole.DIALOG)).containsText("Remove this mapping?");
    page.keyboard().press("Escape");
    assertThat(rows).hasCount(1);
    rows.getByText("Remove").click();
    page.getByRole(AriaRole.DIALOG).getByText("Remove", exactlyIn()).last().click();
    assertThat(page.locator("#people-list")).containsText("No person with this number is known.");
  }

  @Test
  void a_dead_letter_is_requeued_or_dropped() {
    Page page = enter(1200, 900, ColorScheme.DARK);
    page.navigate(replica.url("/switchboard/#inbox/dead"));
    Locator rows = page.locator("#inbox-list tbody tr");
    assertThat(rows).hasCount(3);
    assertThat(rows.first()).containsText("The conversation was deleted.");
    // A stranger's text is shown as text.
    assertThat(page.locator("#inbox-list")).containsText("<img src=x onerror=alert(1)>");
    Chromium.screenshot(page, "operator-dead-letters-dark");
    page.getByText("Drop").first().click();
    page.getByRole(AriaRole.DIALOG).getByText("Drop", exactlyIn()).click();
    assertThat(rows).hasCount(2);
    page.getByText("Requeue").first().click();
    assertThat(page.locator("#toast")).hasText("The message is queued again.");
  }

  @Test
  void a_text_that_came_to_a_bad_end_says_why_and_is_sent_again_or_dropped() {
    String cause = "The recipient's number is not a phone number (21211), HTTP 400";
    failed("failed-1", "+15551230051", cause);
    failed("failed-2", "+15551230052", cause);
    Page page = enter(1200, 900, ColorScheme.LIGHT);
    page.navigate(replica.url("/switchboard/#outbox/failed"));
    Locator rows = page.locator("#outbox-list tbody tr");
    assertThat(rows).hasCount(2);
    assertThat(rows.first()).containsText(cause);
    Chromium.screenshot(page, "operator-outbox-light");
    page.getByText("Drop").first().click();
    page.getByRole(AriaRole.DIALOG).getByText("Drop", exactlyIn()).click();
    assertThat(rows).hasCount(1);
    page.getByText("Requeue").first().click();
    assertThat(page.locator("#toast")).hasText("The message is queued again.");
    assertThat(page.locator("#outbox-list")).hasText("Nothing here.");
  }

  @Test
  void people_show_until_when_whatsapp_delivers_free_texts() throws Exception {
    String ann = "whatsapp:+15551230078";
    String conversation = database.libreChat.conversation(database.owner);
    post(
        "/api/mappings",
        "{\"phoneNumber\":\"%s\",\"conversationId\":\"%s\",\"label\":\"Ann Lee\",\"serviceNumber\":\"whatsapp:+15557654321\"}"
            .formatted(ann, conversation));
    Document window = new Document("_id", ann + " +15557654321").append("account", ann);
    database
        .libreChat
        .collection("switchboard_windows")
        .insertOne(new Document(window).append("writtenAt", new Date()));
    Page page = enter(1200, 900, ColorScheme.LIGHT);
    page.navigate(replica.url("/switchboard/#people"));
    Locator row = page.locator("#people-list tr", new Page.LocatorOptions().setHasText("Ann Lee"));
    assertThat(row).containsText("window open until");
    database
        .libreChat
        .collection("switchboard_windows")
        .updateOne(window, new Document("$set", new Document("writtenAt", new Date(0))));
    page.reload();
    assertThat(row).containsText("window closed since");
    Chromium.screenshot(page, "operator-windows-light");
  }

  @Test
  void a_held_text_says_until_when_and_is_cancelled_and_the_audit_says_by_whom() throws Exception {
    Date tomorrow = new Date(System.currentTimeMillis() + 86_400_000L);
    failed("held-1", "+15551230061", "Waits for the time that the caller set");
    database
        .libreChat
        .collection("switchboard_outbox")
        .updateOne(
            new Document("_id", "held-1"),
            new Document(
                "$set",
                new Document("state", "HELD")
                    .append("sendAt", tomorrow)
                    .append("nextAttemptAt", tomorrow)));
    post(
        "/api/mappings",
        "{\"phoneNumber\":\"+15551230062\",\"conversationId\":\"%s\"}"
            .formatted(database.libreChat.conversation(database.owner)));
    Page page = enter(1200, 900, ColorScheme.LIGHT);
    page.navigate(replica.url("/switchboard/#outbox/held"));
    Locator rows = page.locator("#outbox-list tbody tr");
    assertThat(rows).hasCount(1);
    assertThat(rows.first()).containsText("held");
    assertThat(rows.first()).containsText("until");
    assertThat(rows.first()).containsText("Waits for the time");
    Chromium.screenshot(page, "operator-held-light");
    rows.first().getByText("Cancel").click();
    page.getByRole(AriaRole.DIALOG).getByText("Cancel the text", exactlyIn()).click();
    assertThat(page.locator("#toast")).hasText("The text is cancelled.");
    assertThat(page.locator("#outbox-list")).hasText("Nothing here.");
    page.getByRole(AriaRole.LINK, named("Cancelled")).click();
    assertThat(rows.first()).containsText("Cancelled with the key INTERNAL_API_KEY");
    page.getByRole(AriaRole.LINK, named("Audit")).click();
    assertThat(heading(page, "Audit")).isFocused();
    Locator actions = page.locator("#audit-list tbody tr");
    assertThat(actions.first()).containsText("INTERNAL_API_KEY");
    assertThat(actions.first()).containsText("cancelled a text");
    assertThat(actions.first()).containsText("held-1");
    assertThat(page.locator("#audit-list")).containsText("made a mapping");
    assertThat(page.locator("#audit-list")).not().containsText("+15551230061");
    Chromium.screenshot(page, "operator-audit-light");
    page.setViewportSize(390, 844);
    assertFits(page);
    Chromium.screenshot(page, "operator-audit-phone-light");
  }

  @Test
  void files_show_their_state_and_the_cause_of_a_failure_and_never_their_content() {
    String cause = "The server of the file answers with status 404";
    media("media-1", "FAILED", cause);
    media("media-2", "STORED", null);
    Page page = enter(1200, 900, ColorScheme.LIGHT);
    page.navigate(replica.url("/switchboard/#media"));
    Locator rows = page.locator("#media-list tbody tr");
    assertThat(rows).hasCount(1);
    assertThat(rows.first()).containsText("photo.png");
    assertThat(rows.first()).containsText(cause);
    Chromium.screenshot(page, "operator-media-light");
    page.getByText("Requeue").first().click();
    assertThat(page.locator("#toast")).hasText("The file is fetched again.");
    page.navigate(replica.url("/switchboard/#media/stored"));
    assertThat(rows).hasCount(1);
    assertThat(rows.first()).containsText("image/png, 2.5 MB");
    assertThat(page.locator("#media-list img")).hasCount(0);
  }

  private static void media(String id, String state, String cause) {
    Date now = new Date();
    Document trace = new Document("state", state).append("at", now);
    Document item =
        new Document("_id", id)
            .append("source", "API")
            .append("url", "https://nowhere.example/photo.png")
            .append("state", state)
            .append("attempts", 1)
            .append("receivedAt", now)
            .append("fileName", "photo.png")
            .append("history", List.of(trace));
    if (cause == null) {
      item.append("type", "PNG").append("bytes", 2_500_000L).append("sha256", "0");
    } else {
      item.append("cause", cause);
    }
    database.libreChat.collection("switchboard_media").insertOne(item);
  }

  @Test
  void the_operators_page_shows_the_cost_of_today_and_pauses_and_resumes_sending() {
    Page page = enter(1200, 900, ColorScheme.LIGHT);
    assertThat(page.locator("#s-state")).hasText("On");
    assertThat(page.locator("#s-segments-limit")).hasText("of 5,000 a day");
    assertThat(page.locator("#s-people-limit")).hasText("of 200 a day");
    // The first text of this class from a number that costs too much was stored and not answered.
    assertThat(page.locator("#s-blocked")).hasText("1");
    assertThat(page.locator("#s-why")).hasText("blocked: 1 costly range");
    Chromium.screenshot(page, "operator-spend-light");
    page.getByText("Pause sending").click();
    page.getByRole(AriaRole.DIALOG).getByText("Pause", exactlyIn()).click();
    assertThat(page.locator("#s-state")).hasText("Paused");
    page.reload();
    assertThat(page.locator("#s-state")).hasText("Paused");
    page.getByText("Resume sending").click();
    assertThat(page.locator("#s-state")).hasText("On");
    assertThat(page.locator("#toast")).hasText("Sending is resumed.");
  }

  @Test
  void a_hook_is_made_tried_and_changed_on_the_page() {
    Page page = enter(1200, 900, ColorScheme.LIGHT);
    page.getByRole(AriaRole.LINK, named("Hooks")).click();
    assertThat(heading(page, "Hooks")).isFocused();
    page.getByRole(AriaRole.LINK, named("New hook")).click();
    page.getByLabel("Service", new Page.GetByLabelOptions().setExact(true)).selectOption("github");
    page.getByLabel("Name, the last part").fill("deploys");
    page.getByLabel("A conversation for each key").fill("{repository.full_name}");
    page.getByLabel("A conversation for each pull request").check();
    assertThat(page.getByLabel("A conversation for each key")).isHidden();
    Chromium.screenshot(page, "operator-hook-new-light");
    page.getByText("Make the hook").click();
    assertThat(page.locator("#hook-url")).containsText("/api/hooks/deploys");
    assertThat(page.locator("#hook-made-secret"))
        .hasText(java.util.regex.Pattern.compile("[0-9a-f]{64}"));
    assertThat(page.locator("#deliveries")).containsText("No delivery yet.");

    page.getByLabel("Event, if the service names it").fill("issues");
    page.getByLabel("A webhook of the service")
        .fill(
            """
            {"action":"opened","repository":{"full_name":"acme/shop"},
             "issue":{"number":7,"title":"<img src=x onerror=alert(1)> *bold*","html_url":"https://github.com/acme/shop/issues/7"},
             "sender":{"login":"ada"}}\
            """);
    page.getByText("Preview", exactly()).click();
    assertThat(page.locator("#preview-verdict")).containsText("goes into the chat");
    assertThat(page.locator("#preview-result")).containsText("acme/shop#7");
    assertThat(page.locator("#preview-text")).containsText("ada");
    assertThat(page.locator("#view-hooks img")).hasCount(0);
    Chromium.screenshot(page, "operator-hook-preview-light");

    page.getByLabel("Template of the text").fill("{issue.title");
    page.getByText("Save", exactly()).click();
    assertThat(page.locator("#template-error")).containsText("template: ");
    page.getByLabel("Template of the text").fill("Issue {issue.number}");
    page.getByText("Save", exactly()).click();
    assertThat(page.locator("#toast")).hasText("The template is saved.");
    page.reload();
    assertThat(page.getByLabel("Template of the text")).hasValue("Issue {issue.number}");
    assertThat(page.locator("#hook-made-secret")).hasCount(0);

    page.getByText("Switch off").click();
    assertThat(page.getByText("Switch on")).isVisible();
    page.getByText("Remove", exactly()).click();
    page.getByRole(AriaRole.DIALOG).getByText("Remove", exactlyIn()).last().click();
    assertThat(page.locator("#hooks-list")).not().containsText("deploys");
    // The browser itself says that the wrong template was refused with 400.
    errors.removeIf(error -> error.contains("400"));
  }

  @Test
  void the_deliveries_of_a_hook_are_shown_as_text_and_can_be_samples() throws Exception {
    post("/api/hooks", "{\"name\":\"noisy\",\"scheme\":\"token\",\"template\":\"{title}\"}");
    database
        .libreChat
        .collection("switchboard_deliveries")
        .insertOne(
            new Document("_id", "hook:noisy:1")
                .append("hook", "noisy")
                .append("deliveryId", "1")
                .append("event", "alert")
                .append("state", "FAILED")
                .append("reason", "template: line 2, column 1")
                .append("headers", new Document("x-event", "<b>alert</b>"))
                .append("body", "{\"title\":\"<img src=x onerror=alert(1)>\"}".getBytes())
                .append("bytes", 44)
                .append("text", "<img src=x onerror=alert(2)>")
                .append("receivedAt", new Date()));
    Page page = enter(1200, 900, ColorScheme.DARK);
    page.navigate(replica.url("/switchboard/#hooks/noisy"));
    Locator rows = page.locator("#deliveries tbody tr");
    assertThat(rows).hasCount(1);
    assertThat(rows).containsText("template: line 2, column 1");
    assertThat(rows).containsText("<img src=x onerror=alert(2)>");
    rows.getByText("Headers and body").click();
    assertThat(rows).containsText("x-event: <b>alert</b>");
    rows.getByText("Use as sample").click();
    assertThat(page.locator("#preview-verdict")).containsText("goes into the chat");
    assertThat(page.locator("#view-hooks img")).hasCount(0);
    Chromium.screenshot(page, "operator-hook-deliveries-dark");
  }

  @Test
  void the_doctor_shows_state_and_remedy_of_each_check() {
    Page page = enter(1200, 900, ColorScheme.LIGHT);
    page.getByRole(AriaRole.LINK, named("Doctor")).click();
    Locator lines = page.locator(".checks li");
    assertThat(lines).hasCount(18);
    assertThat(line(page, "Public URL")).hasClass("ok");
    assertThat(line(page, "Signature")).hasClass("ok");
    assertThat(line(page, "Owner")).hasClass("ok");
    assertThat(line(page, "Switchboard's indexes")).hasClass("ok");
    assertThat(line(page, "MongoDB")).containsText("standalone");
    // No server answers in place of Twilio; the line names the fault and the remedy.
    assertThat(line(page, "Numbers' webhook")).hasClass("warn");
    assertThat(line(page, "Numbers' webhook")).containsText("SWITCHBOARD_TWILIO_API_URL");
    assertThat(line(page, "LibreChat").first()).containsText("LIBRECHAT_URL");
    assertThat(page.locator("#verdict")).containsText("some checks need attention");
    Chromium.screenshot(page, "operator-doctor-light");
  }

  @Test
  void the_operators_page_can_be_read_and_used_on_a_phone() {
    Page page = enter(390, 844, ColorScheme.DARK);
    assertThat(page.locator("#feed")).containsText("Ada Lovelace");
    assertFits(page);
    Chromium.screenshot(page, "operator-live-phone-dark");
    page.navigate(replica.url("/switchboard/#inbox/dead"));
    assertThat(page.locator("#inbox-list tbody tr").first()).isVisible();
    assertFits(page);
    Chromium.screenshot(page, "operator-dead-letters-phone-dark");
    page.navigate(replica.url("/switchboard/#people"));
    assertThat(page.locator("#people-list tbody tr").first()).isVisible();
    assertFits(page);
    Chromium.screenshot(page, "operator-people-phone-dark");
    page.navigate(replica.url("/switchboard/#doctor"));
    assertThat(page.locator(".checks li").first()).isVisible();
    assertFits(page);
    Chromium.screenshot(page, "operator-doctor-phone-dark");
  }

  @Test
  void the_keyboard_alone_will_do() {
    Page page = enter(1200, 900, ColorScheme.LIGHT);
    page.reload();
    assertThat(heading(page, "Live")).isVisible();
    page.keyboard().press("Tab");
    assertThat(page.getByText("To the content")).isFocused();
    Locator doctor = page.getByRole(AriaRole.LINK, named("Doctor"));
    for (int i = 0;
        i < 14 && !(Boolean) doctor.evaluate("l => l === document.activeElement");
        i++) {
      page.keyboard().press("Tab");
    }
    assertThat(doctor).isFocused();
    page.keyboard().press("Enter");
    assertThat(heading(page, "Doctor")).isFocused();
    assertThat(doctor).hasAttribute("aria-current", "page");
  }

  @Test
  void every_control_has_a_name() {
    Page page = enter(1200, 900, ColorScheme.LIGHT);
    for (String view :
        List.of(
            "live",
            "people",
            "inbox/dead",
            "outbox",
            "media",
            "hooks",
            "hooks/+",
            "audit",
            "doctor")) {
      page.navigate(replica.url("/switchboard/#" + view));
      assertThat(page.locator(".view:visible h1")).hasCount(1);
      assertThat(
              (Integer)
                  page.evaluate(
                      """
                      [...document.querySelectorAll('button, a, input, select, textarea')].filter(e => e.offsetParent
                        && !(e.textContent.trim() || e.labels?.length || e.ariaLabel)).length\
                      """))
          .isZero();
    }
    // What this build does not have is said to be missing; the browser says 404 by itself.
    errors.removeIf(error -> error.contains("404"));
  }

  @Test
  void the_operators_page_runs_only_its_own_files() throws Exception {
    HttpResponse<String> index = get("/switchboard/");
    assertThat(index.statusCode()).isEqualTo(200);
    assertThat(index.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(index.body()).doesNotContain("style=").doesNotContain("onclick").contains("page.js");
    Page page = open(800, 600, ColorScheme.LIGHT);
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 1\">')");
    page.waitForTimeout(200);
    assertThat(page.evaluate("window.ran")).isNull();
    errors.clear();
  }

  @Test
  void the_phone_simulator_is_not_in_the_packaged_service() throws Exception {
    for (String path :
        List.of(
            "/switchboard/simulator",
            "/switchboard/simulator/",
            "/switchboard/simulator/owner",
            "/switchboard/simulator/texts",
            "/switchboard/simulator/twilio/2010-04-01/Accounts/AC0/IncomingPhoneNumbers.json",
            "/simulator/index.html",
            "/page/index.html")) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(404);
    }
    assertThat(post("/switchboard/simulator/text", "{}")).isEqualTo(404);
  }

  private Page open(int width, int height, ColorScheme scheme) {
    person = chromium.person(width, height, scheme);
    Page page = person.newPage();
    page.onPageError(errors::add);
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            errors.add(message.text());
          }
        });
    page.onRequest(request -> requests.add(request.url()));
    page.navigate(replica.url("/switchboard/"));
    return page;
  }

  private Page enter(int width, int height, ColorScheme scheme) {
    Page page = open(width, height, scheme);
    page.getByLabel("API key").fill(TestDatabase.API_KEY);
    page.getByText("Open", exactly()).click();
    assertThat(heading(page, "Live")).isVisible();
    return page;
  }

  private static Locator heading(Page page, String name) {
    return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(name).setLevel(1));
  }

  private static Locator line(Page page, String name) {
    return page.locator(
        ".checks li",
        new Page.LocatorOptions().setHas(page.locator("strong").getByText(name, exactlyIn())));
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name);
  }

  private static Locator.GetByTextOptions exactlyIn() {
    return new Locator.GetByTextOptions().setExact(true);
  }

  private static Page.GetByTextOptions exactly() {
    return new Page.GetByTextOptions().setExact(true);
  }

  /** Nothing sticks out to the right. */
  private static void assertFits(Page page) {
    assertThat(
            (Integer)
                page.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"))
        .isZero();
  }

  private static void dead(String id, int number) {
    database
        .libreChat
        .collection("switchboard_inbox")
        .insertOne(
            new Document("_id", id)
                .append("state", "DEAD")
                .append("sender", "SMS +1••••••000" + number)
                .append("receivedAt", new Date(System.currentTimeMillis() - number * 3_600_000L))
                .append("attempts", 0)
                .append("error", "The conversation was deleted.")
                .append(
                    "envelope",
                    new Document("sender", "SMS +1••••••000" + number)
                        .append("source", "sms")
                        .append(
                            "parts",
                            List.of(
                                number == 2
                                    ? "<img src=x onerror=alert(1)>"
                                    : "Can somebody call me back about the order of last week?"))));
  }

  private static void failed(String id, String to, String cause) {
    Date now = new Date();
    database
        .libreChat
        .collection("switchboard_outbox")
        .insertOne(
            new Document("_id", id)
                .append("textId", id)
                .append("part", 1)
                .append("parts", 1)
                .append("sender", "+15557654321")
                .append("phoneNumber", to)
                .append("body", "Your order is ready.")
                .append("segments", 1)
                .append("encoding", "GSM-7")
                .append("state", "FAILED")
                .append("cause", cause)
                .append("errorCode", 21211)
                .append("attempts", 1)
                .append("queuedAt", now)
                .append(
                    "history",
                    List.of(
                        new Document("state", "FAILED").append("at", now).append("cause", cause))));
  }

  private static void text(String body, String from) throws Exception {
    send(Twilio.sms(body).from(from));
  }

  private static void text(String from, String body, String profile) throws Exception {
    send(Twilio.sms(body).from(from).with("ProfileName", profile));
  }

  private static void send(Twilio sms) throws Exception {
    HttpResponse<String> answer =
        Http.CLIENT.send(
            HttpRequest.newBuilder(URI.create(replica.url(Twilio.WEBHOOK)))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("X-Twilio-Signature", sms.signature())
                .POST(HttpRequest.BodyPublishers.ofString(sms.body()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  private static int post(String path, String body) throws Exception {
    return Http.CLIENT
        .send(
            HttpRequest.newBuilder(URI.create(replica.url(path)))
                .header("Content-Type", "application/json")
                .header("X-API-Key", TestDatabase.API_KEY)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return Http.CLIENT.send(
        HttpRequest.newBuilder(URI.create(replica.url(path))).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
