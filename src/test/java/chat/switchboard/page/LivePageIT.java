package chat.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import chat.switchboard.faults.DatabaseForReplicas;
import chat.switchboard.faults.Replica;
import chat.switchboard.support.Chromium;
import chat.switchboard.support.Http;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * live.js in a real browser, on a page that is made as LibreChat's is, in front of the packaged
 * service.
 */
class LivePageIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static DatabaseForReplicas database;
  private static Replica replica;
  private static Front front;
  private static Chromium chromium;

  private final List<String> console = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();
  private BrowserContext person;
  private String user;
  private String conversation;

  @BeforeAll
  static void start() throws Exception {
    chromium = Chromium.start();
    Optional<String> missing = Front.unavailable();
    if (missing.isPresent()) {
      if (System.getenv("CI") != null) {
        fail(missing.get());
      }
      abort("Skipped, live.js on LibreChat's page: " + missing.get());
    }
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE.toMillis());
    database = new DatabaseForReplicas();
    replica = startReplica();
    front = new Front(database.libreChat, () -> replica.url(""));
  }

  private static Replica startReplica() throws Exception {
    return Replica.start(
            database.uri(),
            "-Dswitchboard.stream.keep-alive=2s",
            "-Dswitchboard.stream.retry=500ms")
        .ready();
  }

  @AfterAll
  static void stop() {
    if (front != null) {
      front.close();
    }
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

  @BeforeEach
  void somebody() {
    person = chromium.person(900, 640, ColorScheme.LIGHT);
    user = database.libreChat.user();
    conversation = database.libreChat.conversation(user);
    front.streamRequests.set(0);
    front.refusedStreams.set(0);
    front.resumedStreams.set(0);
    await().atMost(PATIENCE).until(() -> streams() == 0);
  }

  @AfterEach
  void leave() {
    person.close();
    assertThat(errors).as("what the page met").isEmpty();
  }

  @Test
  void a_message_is_on_the_screen_at_once_and_the_sidebar_with_it() throws Exception {
    Page page = open(Duration.ofMinutes(15));
    listens(page);
    String before = page.locator("#sidebar").textContent();
    List<Long> took = new ArrayList<>();
    for (int turn = 0; turn < 20; turn++) {
      String text = "Number " + turn;
      Instant stored = inject(text);
      assertThat(page.locator("#chat li").last()).hasText(text);
      Number seen = (Number) page.evaluate("text => window.seenAt[text]", text);
      took.add(seen.longValue() - stored.toEpochMilli());
    }
    took.sort(null);
    System.out.printf(
        "From stored to on the screen: median %d ms, slowest %d ms (%d messages)%n",
        took.get(took.size() / 2), took.get(took.size() - 1), took.size());
    assertThat(took.get(took.size() / 2)).isLessThan(1_000);
    assertThat(page.locator("#sidebar")).not().hasText(before);
    assertThat((Integer) page.evaluate("window.refreshes")).isZero();
  }

  @Test
  void the_live_page_survives_an_expired_token_without_a_burst_of_requests() throws Exception {
    Page page = open(Duration.ofSeconds(4));
    listens(page);
    await().atMost(PATIENCE).until(() -> page.evaluate("window.refreshes").equals(1));
    await().atMost(PATIENCE).until(() -> streams() == 1);
    inject("After the first token");
    assertThat(page.locator("#chat li").last()).hasText("After the first token");
    assertThat((Integer) page.evaluate("window.refreshes")).isEqualTo(1);
    assertThat(front.streamRequests.get()).isLessThanOrEqualTo(3);
    assertThat(front.refusedStreams.get()).isLessThanOrEqualTo(1);
  }

  @Test
  void the_live_page_reconnects_after_a_restart_and_shows_the_missed_messages() throws Exception {
    Page page = open(Duration.ofMinutes(15));
    listens(page);
    inject("Before");
    assertThat(page.locator("#chat li").last()).hasText("Before");
    replica.kill();
    replica = startReplica();
    Instant back = Instant.now();
    inject("Meanwhile");
    assertThat(page.locator("#chat li").last()).hasText("Meanwhile");
    System.out.printf(
        "From ready again to on the screen: %d ms%n",
        Duration.between(back, Instant.now()).toMillis());
    await().atMost(PATIENCE).until(() -> streams() == 1);
    assertThat(front.resumedStreams.get()).isPositive();
    inject("After");
    assertThat(page.locator("#chat li").last()).hasText("After");
  }

  @Test
  void two_tabs_have_one_connection_and_when_one_goes_the_other_takes_over() throws Exception {
    twoTabs();
  }

  @Test
  void tabs_agree_also_where_the_browser_gives_no_locks() throws Exception {
    person.addInitScript("Object.defineProperty(Navigator.prototype, 'locks', {value: undefined})");
    twoTabs();
  }

  private void twoTabs() throws Exception {
    Page first = open(Duration.ofMinutes(15));
    listens(first);
    Page second = open(Duration.ofMinutes(15));
    assertThat(second.locator("#chat li")).hasCount(2);
    inject("For both");
    assertThat(first.locator("#chat li").last()).hasText("For both");
    assertThat(second.locator("#chat li").last()).hasText("For both");
    assertThat(streams()).isEqualTo(1);
    assertThat(front.streamRequests.get()).isEqualTo(1);
    first.close();
    await().atMost(PATIENCE).until(() -> front.streamRequests.get() == 2);
    await().atMost(PATIENCE).until(() -> streams() == 1);
    inject("For the one that is left");
    assertThat(second.locator("#chat li").last()).hasText("For the one that is left");
  }

  @Test
  void after_ten_minutes_of_silence_the_page_is_still_live() throws Exception {
    Page page = person.newPage();
    watch(page);
    page.clock().install();
    page.navigate(address("/", Duration.ofHours(1)));
    listens(page);
    page.clock().fastForward("10:00");
    // Nothing was heard for ten minutes by this clock: the connection is looked at, and made anew.
    await().atMost(PATIENCE).until(() -> front.streamRequests.get() >= 2);
    await().atMost(PATIENCE).until(() -> streams() >= 1);
    inject("Good morning");
    assertThat(page.locator("#chat li").last()).hasText("Good morning");
  }

  @Test
  void a_refetch_that_was_thrown_away_during_an_answer_is_made_again() throws Exception {
    Page page = open(Duration.ofMinutes(15));
    listens(page);
    page.evaluate("window.generate(true)");
    inject("While it is answering");
    await()
        .atMost(PATIENCE)
        .until(() -> database.libreChat.messages(conversation, user).size() == 3);
    assertThat(page.locator("#chat li")).hasCount(2);
    page.evaluate("window.generate(false)");
    assertThat(page.locator("#chat li").last()).hasText("While it is answering");
  }

  @Test
  void a_flood_is_a_few_refetches() throws Exception {
    Page page = open(Duration.ofMinutes(15));
    listens(page);
    List<String> reads = new ArrayList<>();
    page.onRequest(
        request -> {
          if (request.url().endsWith("/api/messages/" + conversation)) {
            reads.add(request.url());
          }
        });
    long begin = System.nanoTime();
    for (int turn = 0; turn < 50; turn++) {
      inject("Flood " + turn);
    }
    assertThat(page.locator("#chat li").last()).hasText("Flood 49");
    long quarters = Duration.ofNanos(System.nanoTime() - begin).toMillis() / 250;
    assertThat((long) reads.size()).isLessThanOrEqualTo(quarters + 3);
  }

  @Test
  void a_page_without_react_is_left_alone_and_its_reader_told() throws Exception {
    Page page = person.newPage();
    watch(page);
    page.navigate(address("/plain", Duration.ofMinutes(15)));
    await().atMost(PATIENCE).until(() -> streams() == 1);
    Locator pill = page.getByRole(com.microsoft.playwright.options.AriaRole.STATUS);
    assertThat(pill).hasCount(0);
    inject("Nobody shows this");
    inject("Nor this");
    assertThat(pill).hasText("New message: reload");
    assertThat(pill).hasCount(1);
    assertThat(console).filteredOn(line -> line.startsWith("Switchboard")).hasSize(1);
    Chromium.screenshot(page, "page-without-react");
    page.evaluate("window.before = true");
    page.getByText("New message: reload").press("Enter");
    Chromium.waitUntil(page, "window.before === undefined");
    assertThat(page).hasTitle("A page without React");
  }

  @Test
  void the_page_says_while_librechat_answers_a_text_in_the_open_conversation() throws Exception {
    Page page = chat();
    listens(page);
    Locator line = page.getByText("LibreChat is answering the text…");
    front.frames.add(answering(UUID.randomUUID().toString(), "started"));
    front.frames.add(answering(conversation, "started"));
    assertThat(line).isVisible();
    Chromium.screenshot(page, "answering");
    page.evaluate("history.pushState(null, '', '/c/another')");
    assertThat(line).hasCount(0);
    page.evaluate("path => history.pushState(null, '', path)", "/c/" + conversation);
    assertThat(line).isVisible();
    front.frames.add(answering(conversation, "ended"));
    assertThat(line).hasCount(0);
  }

  @Test
  void the_page_tells_in_one_line_when_whatsapps_window_is_closed() throws Exception {
    String ann = "whatsapp:+15551230077";
    org.bson.Document mapping =
        new org.bson.Document("_id", UUID.randomUUID().toString())
            .append("phoneNumber", ann)
            .append("serviceNumber", "whatsapp:+15557654321")
            .append("conversationId", conversation)
            .append("user", user)
            .append("label", "Ann")
            .append("opened", true)
            .append("lastUsed", new java.util.Date())
            .append("createdAt", new java.util.Date());
    database.libreChat.collection("switchboard_mappings").insertOne(mapping);
    database
        .libreChat
        .collection("switchboard_windows")
        .insertOne(
            new org.bson.Document("_id", ann + " +15557654321")
                .append("account", ann)
                .append("writtenAt", new java.util.Date(0)));
    database
        .libreChat
        .collection("messages")
        .updateMany(
            new org.bson.Document("conversationId", conversation),
            new org.bson.Document(
                "$set",
                new org.bson.Document("metadata", new org.bson.Document("source", "whatsapp"))));
    Page page = chat();
    listens(page);
    assertThat(page.getByText("WhatsApp’s window for Ann is closed: texts wait")).isVisible();
    Chromium.screenshot(page, "whatsapp-window");
    page.evaluate("history.pushState(null, '', '/c/another')");
    assertThat(page.locator("#switchboard-window")).hasCount(0);
  }

  private static String answering(String conversation, String state) {
    return "event: answering\ndata: {\"conversationId\":\"%s\",\"state\":\"%s\"}\n\n"
        .formatted(conversation, state);
  }

  @Test
  void a_reader_who_scrolled_up_gets_a_jump_to_new_messages() throws Exception {
    for (int i = 0; i < 60; i++) {
      inject("Line " + i);
    }
    Page page = chat();
    assertThat(page.locator("#chat li")).hasCount(62);
    await().atMost(PATIENCE).until(() -> streams() >= 1);
    Locator down = page.locator("#switchboard-below button").first();
    page.evaluate("document.querySelector('main').scrollTo(0, 1e6)");
    inject("At the end nothing is offered");
    assertThat(page.locator("#chat li")).hasCount(63);
    // The page may show the message before its event, and decides 100 ms after the event.
    await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> down.count() == 0);
    page.evaluate("document.querySelector('main').scrollTo(0, 0)");
    inject("One");
    assertThat(down).hasText("1 new message ↓");
    inject("Two");
    assertThat(down).hasText("2 new messages ↓");
    Chromium.screenshot(page, "new-messages-below");
    down.click();
    assertThat(down).hasCount(0);
    assertThat(page.locator("#chat li").last()).isInViewport();
  }

  @Test
  void the_title_counts_messages_that_arrive_while_the_tab_is_hidden() throws Exception {
    Page page = chat();
    listens(page);
    hide(page, true);
    inject("One");
    inject("Two");
    assertThat(page).hasTitle("(2) A page as LibreChat makes it");
    page.evaluate("document.title = 'Another conversation'");
    inject("Three");
    assertThat(page).hasTitle("(3) Another conversation");
    hide(page, false);
    assertThat(page).hasTitle("Another conversation");
  }

  @Test
  void a_notification_is_shown_only_where_the_reader_switched_it_on() throws Exception {
    person.addInitScript(
        """
        window.shown = [];
        window.Notification = class {
          static permission = 'granted';
          static requestPermission() { return Promise.resolve('granted'); }
          constructor(title, options) { window.shown.push(`${title}: ${options.body}`); }
          close() {}
        };
        """);
    Page page = chat();
    listens(page);
    hide(page, true);
    inject("Nobody asked for this");
    assertThat(page).hasTitle("(1) A page as LibreChat makes it");
    hide(page, false);
    Chromium.screenshot(page, "notifications-offered");
    page.getByText("Notify me of new texts").click();
    hide(page, true);
    inject("This one is wanted");
    Chromium.waitUntil(page, "window.shown.length === 1");
    assertThat((String) page.evaluate("window.shown[0]")).endsWith(": This one is wanted");
    hide(page, false);
    assertThat(page.getByText("Notify me of new texts")).hasCount(0);
    inject("The tab is on the screen");
    assertThat(page.locator("#chat li").last()).hasText("The tab is on the screen");
    assertThat(page.evaluate("window.shown.length")).isEqualTo(1);
  }

  /** As the browser says of a tab behind another. */
  private static void hide(Page page, boolean hidden) {
    page.evaluate(
        """
        (hidden) => {
          Object.defineProperty(Document.prototype, 'visibilityState',
              { get: () => (hidden ? 'hidden' : 'visible'), configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        }
        """,
        hidden);
  }

  @Test
  void the_token_of_an_identity_provider_is_shown_to_the_service() {
    Page page = person.newPage();
    watch(page);
    page.navigate(front.url("/plain"));
    page.evaluate(
        """
        () => {
          const part = (value) => btoa(JSON.stringify(value)).replace(/=+$/, '');
          const token = `${part({ alg: 'RS256' })}.${part({ iss: 'https://login.example.com', sub: 'me', exp: 9e9 })}.c2ln`;
          return fetch('/plain', { headers: { Authorization: `Bearer ${token}` } }).then((a) => a.text());
        }
        """);
    // The service of this test knows no provider: it refuses the token, and the page waits.
    await().atMost(PATIENCE).until(() -> front.refusedStreams.get() == 1);
  }

  /** Elements whose names and ids hide properties of document and window. */
  private static final String CLOBBERING =
      "<a id=switchboardIsLive></a><img name=currentScript><img name=getElementById><img"
          + " name=visibilityState><form name=baseURI></form><form"
          + " name=addEventListener></form><form id=SwitchboardStream></form>";

  @Test
  void elements_with_the_names_of_properties_do_not_switch_live_js_off() throws Exception {
    front.head.set(CLOBBERING);
    try {
      Page page = person.newPage();
      watch(page);
      page.navigate(address("/plain", Duration.ofMinutes(15)));
      assertThat((Boolean) page.evaluate("document.currentScript instanceof HTMLImageElement"))
          .isTrue();
      await().atMost(PATIENCE).until(() -> streams() == 1);
      inject("Heard all the same");
      assertThat(page.getByText("New message: reload")).hasCount(1);
    } finally {
      front.head.set("");
    }
  }

  @Test
  void a_token_that_the_page_sends_to_another_origin_is_not_taken() throws Exception {
    try (Stranger stranger = new Stranger()) {
      Page page = person.newPage();
      watch(page);
      page.navigate(front.url("/plain"));
      String token = LibreChat.token(user, Duration.ofMinutes(5));
      page.evaluate(
          """
          async ([url, token]) => {
            const headers = { Authorization: `Bearer ${token}` };
            const ask = (method, address) => new Promise((done) => {
              const request = new XMLHttpRequest();
              request.open(method, address);
              request.setRequestHeader('Authorization', `Bearer ${token}`);
              request.onloadend = done;
              request.send();
            });
            await fetch(url, { headers }).catch(() => {});
            await fetch(new URL(url), { headers }).catch(() => {});
            await fetch(new Request(url, { headers })).catch(() => {});
            await ask('GET', url);
            // One object for two requests: the second address counts.
            const twice = new XMLHttpRequest();
            twice.open('GET', '/plain');
            twice.open('GET', url);
            twice.setRequestHeader('Authorization', `Bearer ${token}`);
          }\
          """,
          List.of(stranger.url(), token));
      page.waitForTimeout(1_500);
      assertThat(front.streamRequests.get()).isZero();
      page.evaluate(
          "token => fetch('/plain', {headers: {Authorization: `Bearer ${token}`}}).then(a =>"
              + " a.text())",
          token);
      await().atMost(PATIENCE).until(() -> streams() == 1);
    }
  }

  @Test
  void the_token_is_not_sent_to_a_stream_of_another_origin() throws Exception {
    try (Stranger stranger = new Stranger()) {
      front.attributes.set("data-stream=\"" + stranger.url() + "\"");
      Page page = person.newPage();
      watch(page);
      page.navigate(address("/plain", Duration.ofMinutes(15)));
      await()
          .atMost(PATIENCE)
          .until(() -> console.stream().anyMatch(line -> line.contains("data-stream")));
      page.waitForTimeout(1_000);
      assertThat(stranger.bearers).isEmpty();
      assertThat(front.streamRequests.get()).isZero();
    } finally {
      front.attributes.set("");
    }
  }

  /** Another origin, which allows everything, and remembers what it was shown. */
  private static final class Stranger implements AutoCloseable {
    private final List<String> bearers = new java.util.concurrent.CopyOnWriteArrayList<>();
    private final com.sun.net.httpserver.HttpServer server;

    Stranger() throws java.io.IOException {
      server =
          com.sun.net.httpserver.HttpServer.create(
              new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                .ifPresent(bearers::add);
            exchange.getResponseHeaders().add("Access-Control-Allow-Origin", "*");
            exchange.getResponseHeaders().add("Access-Control-Allow-Headers", "*, Authorization");
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
          });
      server.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/stream";
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @Test
  void without_a_token_nothing_is_asked() {
    Page page = person.newPage();
    watch(page);
    page.navigate(front.url("/plain"));
    page.evaluate(
        "fetch('/plain', {headers: {Authorization: 'Bearer not.for.us'}}).then(a => a.text())");
    assertThat((String) page.evaluate("typeof SwitchboardStream")).isEqualTo("function");
    assertThat(front.streamRequests.get()).isZero();
  }

  @Test
  void the_client_alone_leaves_the_page_alone() throws Exception {
    Page page = person.newPage();
    watch(page);
    page.navigate(front.url("/assets/nothing"));
    page.evaluate(
        """
        async ({ token, conversationId }) => {
          const { SwitchboardStream } = await import('/switchboard/client.js');
          window.heard = [];
          window.states = [];
          window.stream = new SwitchboardStream({
            token,
            conversationId,
            onMessage: (event) => window.heard.push(event.type + ' ' + event.message.text),
            onState: (state) => window.states.push(state),
          });
        }\
        """,
        java.util.Map.of(
            "token", LibreChat.token(user, Duration.ofMinutes(5)), "conversationId", conversation));
    await().atMost(PATIENCE).until(() -> streams() == 1);
    inject("To whom it may concern");
    Chromium.waitUntil(page, "window.heard.length === 1");
    assertThat(page.evaluate("window.heard[0]")).isEqualTo("newMessage To whom it may concern");
    assertThat(page.evaluate("window.switchboardIsLive")).isNull();
    page.evaluate("window.stream.close()");
    Chromium.waitUntil(page, "window.states.at(-1) === 'closed'");
    assertThat(page.evaluate("window.states.join()")).isEqualTo("connecting,open,closed");
  }

  private Page open(Duration tokenLife) {
    Page page = person.newPage();
    watch(page);
    page.navigate(address("/", tokenLife));
    return page;
  }

  /** The conversation at the address that LibreChat gives it. */
  private Page chat() {
    Page page = person.newPage();
    watch(page);
    page.navigate(address("/c/" + conversation, Duration.ofMinutes(15)));
    return page;
  }

  private String address(String path, Duration tokenLife) {
    return front.url(path + "?c=" + conversation + "&token=" + LibreChat.token(user, tokenLife));
  }

  private void watch(Page page) {
    page.onPageError(errors::add);
    page.onConsoleMessage(message -> console.add(message.text()));
  }

  private void listens(Page page) {
    assertThat(page.locator("#chat li")).hasCount(2);
    await().atMost(PATIENCE).until(() -> streams() >= 1);
  }

  private static int streams() throws Exception {
    return (int) replica.metric("switchboard_streams_active");
  }

  /** Returns when it was stored. */
  private Instant inject(String text) throws Exception {
    HttpResponse<String> response =
        Http.CLIENT.send(
            HttpRequest.newBuilder(
                    URI.create(replica.url("/api/messages/" + conversation + "/external")))
                .header("Content-Type", "application/json")
                .header("X-API-Key", TestDatabase.API_KEY)
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"role\":\"external\",\"content\":\"" + text + "\"}",
                        StandardCharsets.UTF_8))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(201);
    return Instant.parse(org.bson.Document.parse(response.body()).getString("createdAt"));
  }
}
