package chat.switchboard.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped files of {@code deploy/nginx} in a real nginx, before the packaged service. */
class NginxIT {

  private static final String PAGE =
      "<!doctype html><html><head><title>LibreChat</title></head><body></body></html>";
  private static final String TAG = tag("");

  /** A header that LibreChat sends with its page: its name and value. */
  private static volatile Map.Entry<String, String> pagePolicy;

  private static String tag(String nonce) {
    return "<script src=\"/switchboard/live.js\" nonce=\"" + nonce + "\" defer></script></head>";
  }

  private static DatabaseForReplicas database;

  /** Knows the public URL. */
  private static Replica named;

  /** Trusts the URL of nginx, and that of no other client. */
  private static Replica trusting;

  private static HttpServer libreChat;
  private static Nginx nginx;
  private static Nginx nginxOfTrusting;
  private static HttpClient http2;
  private static final List<String> PAGES_ASKED = new CopyOnWriteArrayList<>();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Nginx.missing().isEmpty(), () -> Nginx.missing().orElse(""));
    assumeTrue(Replica.isPackaged(), "The packaged service is needed");
    database = new DatabaseForReplicas();
    named = Replica.start(database.uri(), "-Dswitchboard.stream.keep-alive=1s");
    trusting =
        Replica.start(
            database.uri(),
            "-Dswitchboard.public-url=",
            "-Dquarkus.http.proxy.proxy-address-forwarding=true",
            "-Dquarkus.http.proxy.allow-x-forwarded=true",
            "-Dquarkus.http.proxy.enable-forwarded-host=true",
            "-Dquarkus.http.proxy.trusted-proxies=" + Nginx.ADDRESS);
    startPage();
    named.ready();
    trusting.ready();
    warmUp(named);
    warmUp(trusting);
    // The shipped limit is an hour; five seconds against keep-alives of one show the same in less.
    nginx = Nginx.start(named.port, libreChat.getAddress().getPort(), "5s");
    nginxOfTrusting = Nginx.start(trusting.port, libreChat.getAddress().getPort(), "1h");
    http2 =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .sslContext(trustingAnything())
            .build();
  }

  @AfterAll
  static void stop() throws Exception {
    if (nginx != null) {
      nginx.close();
    }
    if (nginxOfTrusting != null) {
      nginxOfTrusting.close();
    }
    if (database != null) {
      named.close();
      trusting.close();
      database.close();
      libreChat.stop(0);
    }
  }

  @Test
  void a_silent_stream_outlives_the_proxys_patience_and_an_event_comes_at_once() throws Exception {
    String conversation = database.libreChat.conversation(database.owner);
    try (Browser browser = listen().connected()) {
      // More than twice as long as nginx waits for a silent server.
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> browser.comments().stream().filter("keep-alive"::equals).count() >= 11);
      assertThat(browser.ended()).isFalse();
      String id = inject(conversation, "Through nginx");
      long begin = System.nanoTime();
      // nginx 1.22 passes a small event on even where it buffers; a slow reader would find it in a
      // file.
      browser.heard(id);
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      assertThat(took).isLessThan(Duration.ofSeconds(5));
      System.out.printf("nginx: heard %d ms after the answer%n", took.toMillis());
    }
  }

  @Test
  void a_stream_goes_on_through_a_reload_of_the_proxy() throws Exception {
    String conversation = database.libreChat.conversation(database.owner);
    try (Browser before = listen().connected()) {
      nginx.reload();
      try (Browser after = listen().connected()) {
        String id = inject(conversation, "After the reload");
        before.heard(id);
        after.heard(id);
        assertThat(before.ended()).isFalse();
      }
    }
  }

  @Test
  void the_shipped_nginx_timeouts_are_longer_than_the_default_keep_alive() throws Exception {
    String shipped = Files.readString(Path.of("deploy/nginx/switchboard.conf"));
    assertThat(shipped).contains("proxy_read_timeout 1h;").contains("proxy_buffering off;");
  }

  @Test
  void a_stream_comes_over_http_2() throws Exception {
    String conversation = database.libreChat.conversation(database.owner);
    HttpResponse<java.util.stream.Stream<String>> stream =
        http2.send(
            HttpRequest.newBuilder(URI.create(secure(nginx, "/api/messages/stream")))
                .header("Authorization", "Bearer " + LibreChat.token(database.owner))
                .build(),
            HttpResponse.BodyHandlers.ofLines());
    assertThat(stream.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(stream.statusCode()).isEqualTo(200);
    List<String> lines = new CopyOnWriteArrayList<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                stream.body().forEach(lines::add);
              } catch (java.io.UncheckedIOException ended) {
                // nginx ends it when it is stopped or reloaded.
              }
            },
            "http2-reader");
    reader.setDaemon(true);
    reader.start();
    await().until(() -> lines.contains(": connected"));
    String id = inject(conversation, "Over HTTP/2");
    await().until(() -> lines.stream().anyMatch(line -> line.contains(id)));
  }

  @Test
  void the_page_gets_the_script_and_what_is_no_page_does_not() throws Exception {
    HttpResponse<String> page =
        http.send(
            HttpRequest.newBuilder(URI.create(plain("/c/new")))
                .header("Accept-Encoding", "gzip")
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(page.body()).isEqualTo(PAGE.replace("</head>", TAG));
    assertThat(get("/api/data").body()).isEqualTo("{\"html\":\"</head>\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '|',
      value = {
        "Content-Security-Policy; script-src 'nonce-r4nd0m+/_-==' 'strict-dynamic'; r4nd0m+/_-==",
        "Content-Security-Policy-Report-Only; script-src 'nonce-abc123' 'self'; abc123",
        "Content-Security-Policy; script-src 'self'; ||",
        "Content-Security-Policy; script-src 'nonce-><script>' 'self'; ||",
      })
  void the_script_carries_the_nonce_of_librechats_content_security_policy(
      String header, String policy, String nonce) throws Exception {
    pagePolicy = Map.entry(header, policy);
    try {
      assertThat(get("/c/new").body()).isEqualTo(PAGE.replace("</head>", tag(nonce)));
    } finally {
      pagePolicy = null;
    }
  }

  @Test
  void only_our_paths_come_to_us() throws Exception {
    String conversation = "2f4f2b6e-94b5-4b6e-8f3e-0a7f4d5c6b7a";
    for (String theirs :
        List.of(
            "/api/messages/" + conversation,
            "/api/messages/streamed",
            "/api/messages/x/external",
            "/api/inbox",
            "/api/twilio",
            "/q/health",
            "/q/metrics")) {
      get(theirs);
      assertThat(PAGES_ASKED).contains(theirs);
    }
    assertThat(get("/api/messages/stream").statusCode()).isEqualTo(401);
    assertThat(get("/api/messages/external").statusCode()).isEqualTo(403);
    assertThat(get("/switchboard/nothing").statusCode()).isEqualTo(404);
    assertThat(post("/api/messages/" + conversation + "/external").statusCode()).isEqualTo(401);
    assertThat(PAGES_ASKED)
        .doesNotContain(
            "/api/messages/stream",
            "/api/messages/external",
            "/switchboard/nothing",
            "/api/messages/" + conversation + "/external");
  }

  @Test
  void a_message_with_a_file_of_9_mib_passes_the_proxy() throws Exception {
    String data = Base64.getEncoder().encodeToString(new byte[9 * 1024 * 1024]);
    String body =
        "{\"role\":\"external\",\"content\":[{\"type\":\"text\",\"text\":\"A file\"},"
            + "{\"type\":\"file\",\"name\":\"a.bin\",\"data\":\""
            + data
            + "\"}]}";
    String unknown = "/messages/2f4f2b6e-94b5-4b6e-8f3e-0a7f4d5c6b7a/external";
    for (String path : List.of("/api" + unknown, "/switchboard/api" + unknown)) {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(URI.create(plain(path)))
                  .header("X-Internal-API-Key", TestDatabase.API_KEY)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(response.statusCode()).as(response.body()).isIn(201, 202, 404);
    }
  }

  @Test
  void the_operators_page_and_its_doors_answer_on_the_chats_host() throws Exception {
    assertThat(get("/switchboard/").body()).contains("page.js");
    assertThat(get("/switchboard/page.js").body()).contains("new URL('api/', location.href)");
    for (String door :
        List.of("sms", "inbox", "mappings", "replies", "optouts", "feed", "streams", "doctor")) {
      String path = "/switchboard/api/" + door;
      assertThat(get(path).statusCode()).as(path + " without a key").isEqualTo(401);
      assertThat(
              http.send(
                      HttpRequest.newBuilder(URI.create(plain(path + "?limit=1")))
                          .header("X-Internal-API-Key", TestDatabase.API_KEY)
                          .build(),
                      HttpResponse.BodyHandlers.ofString())
                  .statusCode())
          .as(path)
          .isEqualTo(200);
    }
    assertThat(post("/switchboard/api/sms").statusCode()).isEqualTo(401);
    assertThat(get("/switchboard/api/twilio/webhook").statusCode()).isEqualTo(404);
    assertThat(PAGES_ASKED).noneMatch(path -> path.startsWith("/switchboard"));
  }

  @Test
  void a_signature_is_valid_behind_nginx_with_the_configured_public_url() throws Exception {
    assertThat(webhook(nginx, Twilio.sms("By name").from("+15557780001"))).isEqualTo(200);
    assertThat(webhook(nginx, Twilio.sms("Forged").signedWith("another"))).isEqualTo(403);
  }

  @Test
  void a_signature_is_valid_behind_nginx_with_the_trusted_proxys_headers() throws Exception {
    String called = secure(nginxOfTrusting, Twilio.WEBHOOK);
    assertThat(
            webhook(
                nginxOfTrusting, Twilio.sms("By header").from("+15557780002").signedFor(called)))
        .isEqualTo(200);
    // nginx overwrites the URL that the caller claims …
    Twilio elsewhere = Twilio.sms("Elsewhere").signedFor("https://evil.example" + Twilio.WEBHOOK);
    assertThat(
            webhook(
                nginxOfTrusting,
                elsewhere,
                "X-Forwarded-Host",
                "evil.example",
                "X-Forwarded-Proto",
                "https"))
        .isEqualTo(403);
    // … and the service ignores the claim of every other client: this request comes from another
    // address.
    assertThat(
            send(
                http,
                trusting.url(Twilio.WEBHOOK),
                elsewhere,
                "X-Forwarded-Host",
                "evil.example",
                "X-Forwarded-Proto",
                "https"))
        .isEqualTo(403);
  }

  @Test
  void no_token_stands_in_the_proxys_log() throws Exception {
    try (Browser browser = listen().connected()) {
      assertThat(browser.ended()).isFalse();
    }
    assertThat(nginx.log("access.log")).doesNotContain("token=");
    // Nor when something goes wrong, of which nginx otherwise writes the whole request.
    named.freeze();
    try {
      http.send(
          HttpRequest.newBuilder(URI.create(plain("/api/messages/stream?token=secret-token")))
              .build(),
          HttpResponse.BodyHandlers.discarding());
    } finally {
      named.thaw();
    }
    assertThat(nginx.log("access.log")).doesNotContain("secret-token");
    assertThat(nginx.log("error.log")).doesNotContain("secret-token");
    assertThat(nginx.log("output.log")).doesNotContain("secret-token");
  }

  /** The whole server of the compose file; its names are those of the containers. */
  @Test
  void nginx_takes_the_whole_shipped_configuration() throws Exception {
    Path home = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "nginx-t");
    Path snippets = Files.createDirectory(home.resolve("switchboard"));
    for (String name :
        List.of("switchboard.conf", "switchboard-proxy.conf", "live.conf", "csp-nonce.conf")) {
      Files.copy(Path.of("deploy/nginx", name), snippets.resolve(name));
    }
    Files.writeString(
        home.resolve("nginx.conf"),
        "pid nginx.pid;\nevents { }\nhttp {\n"
            + Files.readString(Path.of("deploy/nginx/librechat.conf"))
                .replace("server switchboard:", "server 127.0.0.1:")
                .replace("server librechat:", "server 127.0.0.1:")
            + "}\n");
    assertThat(Nginx.test(home.resolve("nginx.conf")))
        .contains("syntax is ok")
        .doesNotContain("[warn]");
  }

  /** The first of each kind is slow on a Java machine, and slower still on a busy one. */
  private static void warmUp(Replica replica) throws Exception {
    new Caller().webhook(replica, Twilio.sms("Warm").from("+15557780000"));
    String token = LibreChat.token(database.owner, Duration.ofHours(1));
    Browser.at(replica.url(""), "?token=" + token).close();
  }

  private static Browser listen() {
    return Browser.at(plain(""), "?token=" + LibreChat.token(database.owner, Duration.ofHours(1)));
  }

  private String inject(String conversation, String text) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(plain("/api/messages/" + conversation + "/external")))
                .header("Content-Type", "application/json")
                .header("X-Internal-API-Key", TestDatabase.API_KEY)
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"role\":\"external\",\"content\":\"" + text + "\"}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return io.restassured.path.json.JsonPath.from(answer.body()).getString("messageId");
  }

  private static int webhook(Nginx proxy, Twilio sms, String... headers) throws Exception {
    return send(http2, secure(proxy, Twilio.WEBHOOK), sms, headers);
  }

  private static int send(HttpClient client, String url, Twilio sms, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("X-Twilio-Signature", sms.signature())
            .POST(HttpRequest.BodyPublishers.ofString(sms.body()));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(plain(path))).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(plain(path)))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String plain(String path) {
    return "http://127.0.0.1:" + nginx.http + path;
  }

  private static String secure(Nginx proxy, String path) {
    return "https://localhost:" + proxy.https + path;
  }

  /** LibreChat, as far as a proxy sees it: a page, compressed for those who take it, and data. */
  private static void startPage() throws Exception {
    libreChat = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    libreChat.createContext(
        "/",
        exchange -> {
          PAGES_ASKED.add(exchange.getRequestURI().getPath());
          boolean data = exchange.getRequestURI().getPath().startsWith("/api/");
          byte[] body = (data ? "{\"html\":\"</head>\"}" : PAGE).getBytes(StandardCharsets.UTF_8);
          exchange
              .getResponseHeaders()
              .set("Content-Type", data ? "application/json" : "text/html; charset=utf-8");
          if (pagePolicy != null) {
            exchange.getResponseHeaders().set(pagePolicy.getKey(), pagePolicy.getValue());
          }
          String accepted = exchange.getRequestHeaders().getFirst("Accept-Encoding");
          if (accepted != null && accepted.contains("gzip")) {
            ByteArrayOutputStream small = new ByteArrayOutputStream();
            try (GZIPOutputStream zip = new GZIPOutputStream(small)) {
              zip.write(body);
            }
            body = small.toByteArray();
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          }
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    libreChat.start();
  }

  private static SSLContext trustingAnything() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        null,
        new TrustManager[] {
          new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {
              // The certificate was made for this test a moment ago.
            }

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type) {
              // The certificate was made for this test a moment ago.
            }

            @Override
            public X509Certificate[] getAcceptedIssuers() {
              return new X509Certificate[0];
            }
          }
        },
        new SecureRandom());
    return context;
  }

  static {
    // Long enough for a machine that does much else.
    org.awaitility.Awaitility.setDefaultTimeout(20, TimeUnit.SECONDS);
  }
}
