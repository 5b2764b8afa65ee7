package chat.switchboard.media;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.startsWith;

import chat.switchboard.http.Resolver;
import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeLibreChatFiles;
import chat.switchboard.support.FakeMediaServer;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.MediaSamples;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.net.SocketAddress;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files in the messages of callers of the API. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = FakeLibreChat.Resource.class, restrictToAnnotatedClass = true)
@TestProfile(CallerFilesTest.WithHosts.class)
class CallerFilesTest {

  /** One host is allowed. */
  public static class WithHosts implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "switchboard.media.hosts",
          "files.example.com",
          "switchboard.media.wait",
          "30s",
          "switchboard.inbox.accept-timeout",
          "30s");
    }

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
      return Set.of(TestServer.class);
    }
  }

  /**
   * The fetcher as it is, but its connections to public hosts end at the tests' server: nobody can
   * listen at port 443 of another host.
   */
  @Alternative
  @ApplicationScoped
  public static class TestServer {

    private static final String PORT = "chat.switchboard.test.tls-media-port";
    private static final String KEYSTORE = "chat.switchboard.test.tls-media-keystore";

    @Produces
    @Singleton
    MediaFetcher fetcher(Vertx vertx) {
      Resolver loopback =
          new Resolver() {
            @Override
            public Uni<List<InetAddress>> resolve(String host) {
              return Uni.createFrom().item(List.of(InetAddress.getLoopbackAddress()));
            }

            @Override
            public boolean admits(InetAddress address) {
              return true;
            }
          };
      return new MediaFetcher(
          redirected(vertx),
          loopback,
          new FetchLimits(
              1024 * 1024,
              Duration.ofSeconds(5),
              Duration.ofSeconds(5),
              Duration.ofSeconds(20),
              3));
    }

    private static HttpClient redirected(Vertx vertx) {
      AtomicReference<HttpClient> client = new AtomicReference<>();
      return (HttpClient)
          Proxy.newProxyInstance(
              HttpClient.class.getClassLoader(),
              new Class<?>[] {HttpClient.class},
              (proxy, method, arguments) -> {
                client.compareAndSet(
                    null,
                    MediaHttp.client(
                        vertx,
                        MediaHttp.options(Duration.ofSeconds(5))
                            .setTrustOptions(
                                new PfxOptions()
                                    .setPath(System.getProperty(KEYSTORE))
                                    .setPassword("changeit"))));
                RequestOptions request = (RequestOptions) arguments[0];
                assertThat(request.getServer().port()).isEqualTo(443);
                return client
                    .get()
                    .request(
                        request.setServer(
                            SocketAddress.inetSocketAddress(
                                Integer.getInteger(PORT), "127.0.0.1")));
              });
    }
  }

  private static final Vertx VERTX = Vertx.vertx();
  private static FakeMediaServer server;

  @BeforeAll
  static void listen(@TempDir Path folder) throws Exception {
    String keystore = folder.resolve("key.p12").toString();
    new ProcessBuilder(
            System.getProperty("java.home") + "/bin/keytool",
            "-genkeypair",
            "-alias",
            "x",
            "-keyalg",
            "EC",
            "-dname",
            "CN=files.example.com",
            "-ext",
            "SAN=dns:files.example.com",
            "-validity",
            "9",
            "-storetype",
            "PKCS12",
            "-keystore",
            keystore,
            "-storepass",
            "changeit")
        .start()
        .waitFor();
    server = FakeMediaServer.startTls(VERTX, keystore, "changeit");
    System.setProperty(TestServer.KEYSTORE, keystore);
    System.setProperty(TestServer.PORT, String.valueOf(server.port()));
  }

  @AfterAll
  static void hangUp() {
    server.close();
    VERTX.close();
  }

  private final LibreChat libreChat = new LibreChat();
  private String user;
  private String conversation;

  @BeforeEach
  void aConversation() {
    user = libreChat.user();
    conversation = libreChat.conversation(user);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_picture_in_the_body_is_shown_and_librechat_has_it() {
    String key = UUID.randomUUID().toString();
    Map<String, Object> body = message("Look", picture(MediaSamples.plain("png"), "photo.png"));
    inject(key, body)
        .then()
        .statusCode(201)
        .body("text", startsWith("Look\n\n![photo.png](/images/" + user))
        .body("files[0].type", org.hamcrest.Matchers.equalTo("image/png"));
    inject(key, body).then().statusCode(201).header("Idempotency-Replayed", "true");
    inject(key, message("Look", picture(MediaSamples.plain("gif"), "photo.png")))
        .then()
        .statusCode(409);
    List<Document> messages = libreChat.messages(conversation, user);
    // The conversation began with two messages.
    assertThat(messages).hasSize(3);
    assertThat(messages.get(2)).doesNotContainKey("content");
  }

  @Test
  void a_document_of_three_megabytes_is_read_and_a_larger_body_without_a_file_is_not() {
    byte[] pdf = new byte[3 * 1024 * 1024];
    System.arraycopy("%PDF-1.4\n".getBytes(), 0, pdf, 0, 9);
    inject(null, message("Read", Map.of("type", "file", "data", base64(pdf), "name", "a b.pdf")))
        .then()
        .statusCode(201)
        .body("text", containsString("/a%20b.pdf)"));
    inject(
            null,
            Map.of(
                "role", "external", "content", "x", "metadata", Map.of("p", "x".repeat(300_000))))
        .then()
        .statusCode(413);
  }

  @Test
  void a_picture_at_an_allowed_address_is_shown_and_librechat_has_it() {
    String path = "/photos/" + UUID.randomUUID() + ".jpg";
    server.has(path, "image/jpeg", MediaSamples.jpegWithLocation());
    String key = UUID.randomUUID().toString();
    Map<String, Object> body = message("Look", at(path + "?signature=x%20y"));
    inject(key, body)
        .then()
        .statusCode(201)
        .body("text", startsWith("Look\n\n![photo.jpg](/images/" + user))
        .body("files[0].type", org.hamcrest.Matchers.equalTo("image/jpeg"))
        .body("files[0].width", org.hamcrest.Matchers.equalTo(30));
    inject(key, body).then().statusCode(201).header("Idempotency-Replayed", "true");
    assertThat(libreChat.messages(conversation, user)).hasSize(3);
    assertThat(server.requests())
        .filteredOn(seen -> seen.path().equals(path))
        .singleElement()
        .satisfies(
            seen -> {
              assertThat(seen.host()).isEqualTo("files.example.com");
              assertThat(seen.authorization()).isNull();
            });
    FakeLibreChatFiles.Upload upload =
        FakeLibreChat.Resource.get().files().uploads().stream()
            .filter(one -> one.user().equals(user))
            .findFirst()
            .orElseThrow();
    assertThat(upload.content().toString("ISO-8859-1")).doesNotContain(MediaSamples.XMP_LATITUDE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://other.example.com/x | redirects to an address that is not allowed",
        "http://files.example.com/x | redirects to an address that is not allowed",
        "https://169.254.169.254/latest | redirects to an address that is not allowed",
        "https://[::1]/x | redirects to an address that is not allowed",
        "https://files.example.com:8443/x | redirects to an address that is not allowed",
        "/again | answers with status 410",
      })
  void a_redirect_is_followed_under_the_same_guard(String location, String cause) {
    String path = "/" + UUID.randomUUID();
    server.redirects(path, location).traps("/again", "410");
    inject(null, message("Look", at(path)))
        .then()
        .statusCode(201)
        .body("text", startsWith("Look\n[attachment: photo.jpg] (not received: "))
        .body("text", containsString(cause));
  }

  private static Map<String, Object> at(String path) {
    return Map.of(
        "type", "image_url", "url", "https://files.example.com" + path, "name", "photo.jpg");
  }

  @Test
  void without_a_key_a_large_body_is_not_read() {
    given()
        .contentType("application/json")
        .body(message("Look", picture(new byte[400_000], "x.png")))
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(413);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'image_url'} | 400 | Content must be",
        "{'type':'file','url':'https://files.example.com/x','data':'eA=='} | 400 | either url or data",
        "{'type':'file','data':'not base64!'} | 400 | must be base64",
        "{'type':'file','data':''} | 400 | must not be empty",
        "{'type':'file','data':7} | 400 | Content must be",
        "{'type':'file','data':'eA==','name':7} | 400 | its name is a text",
        "{'type':'file','url':'http://files.example.com/x'} | 400 | https address",
        "{'type':'file','url':'https://other.example.com/x'} | 400 | switchboard.media.hosts",
        "{'type':'file','url':'https://files.example.com:8443/x'} | 400 | https address",
        "{'type':'file','url':'https://user@files.example.com/x'} | 400 | https address",
        "{'type':'file','url':'https://169.254.169.254/x'} | 400 | https address",
        "{'type':'file','url':'file:///etc/passwd'} | 400 | https address",
        "{'type':'video','url':'https://files.example.com/x'} | 400 | Content must be",
      })
  void a_part_that_is_no_file_is_refused(String part, int status, String words) {
    given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType("application/json")
        .body("{\"role\":\"external\",\"content\":[" + part.replace('\'', '"') + "]}")
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(status)
        .body("error", containsString(words));
  }

  @Test
  void more_than_ten_megabytes_or_ten_files_are_refused() {
    inject(null, message("x", picture(new byte[10 * 1024 * 1024 + 1], "x.png")))
        .then()
        .statusCode(413);
    List<Object> parts = new java.util.ArrayList<>();
    for (int i = 0; i < 11; i++) {
      parts.add(picture(new byte[] {1}, "x.png"));
    }
    inject(null, Map.of("role", "external", "content", parts)).then().statusCode(400);
  }

  private Response inject(String key, Map<String, Object> body) {
    var request =
        given()
            .header("X-Internal-API-Key", TestDatabase.API_KEY)
            .contentType("application/json")
            .body(body);
    return (key == null ? request : request.header("Idempotency-Key", key))
        .post("/api/messages/{id}/external", conversation);
  }

  private static Map<String, Object> message(String text, Map<String, Object> file) {
    return Map.of(
        "role", "external", "content", List.of(Map.of("type", "text", "text", text), file));
  }

  private static Map<String, Object> picture(byte[] content, String name) {
    return Map.of("type", "image_url", "data", base64(content), "name", name);
  }

  private static String base64(byte[] content) {
    return Base64.getEncoder().encodeToString(content);
  }
}
