package chat.switchboard.media;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import chat.switchboard.ops.Timers;
import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeLibreChatFiles;
import chat.switchboard.support.FakeMediaServer;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.MediaSamples;
import chat.switchboard.support.PhoneNumbers;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures and other files of people, from the webhook to the conversation. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = FakeLibreChat.Resource.class, restrictToAnnotatedClass = true)
@TestProfile(IncomingFilesTest.WithMedia.class)
class IncomingFilesTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String SHOP = "+15550008101";
  private static final Pattern HERE = Pattern.compile("/switchboard/media/[A-Za-z0-9_-]{43}");

  /** A server of files instead of Twilio, and little patience. */
  public static class WithMedia implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.ofEntries(
          Map.entry("switchboard.twilio.api-url", FakeMediaServer.reservedUrl()),
          Map.entry("switchboard.media.wait", "4s"),
          Map.entry("switchboard.media.not-found-grace", "30s"),
          Map.entry("switchboard.media.silence-timeout", "1s"),
          Map.entry("switchboard.media.fetch-timeout", "4s"),
          Map.entry("switchboard.media.longest-pause", "1s"),
          Map.entry("switchboard.media.max-attempts", "12"),
          Map.entry("switchboard.media.max-megabytes", "1"),
          Map.entry("switchboard.notices.new-conversation", ""),
          Map.entry("switchboard.replies.debounce", "200ms"),
          Map.entry("switchboard.numbers.\"" + SHOP + "\".auto-reply", "true"),
          Map.entry("switchboard.limits.sms-per-minute", "100"));
    }
  }

  private static final Vertx VERTX = Vertx.vertx();
  private static FakeMediaServer server;

  @BeforeAll
  static void listen() {
    server = FakeMediaServer.startReserved(VERTX);
  }

  @AfterAll
  static void hangUp() {
    server.close();
    VERTX.close();
  }

  @Inject MediaCleanup cleanup;
  @Inject Timers timers;
  @Inject Clock clock;
  @Inject MeterRegistry meters;

  private final LibreChat libreChat = new LibreChat();
  private final String number = PhoneNumbers.next();
  private final String sid = "MM" + UUID.randomUUID().toString().replace("-", "");
  private FakeLibreChat agent;
  private String owner;

  @BeforeEach
  void aPhone() {
    agent = FakeLibreChat.Resource.get();
    owner = libreChat.owner();
  }

  @AfterEach
  void close() {
    agent.files().mood = FakeLibreChatFiles.Mood.TAKES;
    agent.files().speech = null;
    libreChat.close();
  }

  @Test
  void a_picture_is_shown_below_its_words_and_librechat_has_the_file() {
    server.has(path(0), "image/jpeg", MediaSamples.jpegWithLocation());
    sms("Look at this", "image/jpeg").arrives().then().statusCode(200);

    Document message = messages(1).get(0);
    Document file = message.getList("files", Document.class).get(0);
    assertThat(message.getString("text"))
        .isEqualTo(
            "Look at this\n\n!["
                + file.getString("filename")
                + "]("
                + file.getString("filepath")
                + ")");
    assertThat(message).doesNotContainKey("content");
    assertThat(file.getString("filepath")).startsWith("/images/" + owner);
    assertThat(file).containsEntry("type", "image/jpeg").containsKeys("width", "height");
    FakeLibreChatFiles.Upload upload =
        agent.files().uploads().get(agent.files().uploads().size() - 1);
    assertThat(upload.user()).isEqualTo(owner);
    assertThat(upload.content().toString("ISO-8859-1"))
        .doesNotContain(MediaSamples.XMP_LATITUDE)
        .doesNotContain(
            new String(MediaSamples.LATITUDE, java.nio.charset.StandardCharsets.ISO_8859_1));
    assertThat(items(message)).allMatch(item -> "STORED".equals(item.getString("state")));
    // The bytes are at LibreChat alone.
    assertThat(items(message)).noneMatch(item -> item.containsKey("bytesId"));
    assertThat(server.requests())
        .filteredOn(seen -> seen.path().equals(path(0)))
        .allMatch(seen -> seen.authorization().startsWith("Basic "));
  }

  @Test
  void all_files_of_a_message_come_in_their_order() {
    server
        .has(path(0), "image/png", MediaSamples.plain("png"))
        .has(path(1), "application/pdf", "%PDF-1.4\n1 0 obj\n%%EOF".getBytes())
        .has(path(2), "text/vcard", card("Anna Müller", "+4930123456"));
    sms("", "image/png", "application/pdf", "text/vcard").arrives();

    Document message = messages(1).get(0);
    String text = message.getString("text");
    List<Document> files = message.getList("files", Document.class);
    assertThat(files)
        .extracting(file -> file.getString("type"))
        .containsExactly("image/png", "application/pdf");
    assertThat(text).startsWith("[contact: Anna Müller: +4930123456]\n\n![");
    assertThat(text)
        .contains("](files/" + owner + "/" + files.get(1).getString("file_id") + "/file-2.pdf)");
    Matcher here = HERE.matcher(text);
    assertThat(here.find()).as(text).isTrue();
    given()
        .get(here.group())
        .then()
        .statusCode(200)
        .header("Content-Disposition", org.hamcrest.Matchers.startsWith("attachment"))
        .header("X-Content-Type-Options", "nosniff");
    assertThat(text.indexOf("![")).isLessThan(text.indexOf(".pdf"));
  }

  @Test
  void a_file_that_comes_late_follows_once_in_a_second_message() {
    sms("First the words", "image/png").arrives().then().statusCode(200);
    Document first = messages(1).get(0);
    assertThat(first.getString("text")).isEqualTo("First the words\n[attachment: image/png]");
    assertThat(first).doesNotContainKey("files");

    server.has(path(0), "image/png", MediaSamples.plain("png"));
    Document second = messages(2).get(1);
    assertThat(second.getString("text")).matches("!\\[file-1\\.png]\\(/images/.*\\)");
    assertThat(second.getString("parentMessageId")).isEqualTo(first.getString("messageId"));
    assertThat(second.getString("sender")).isEqualTo(first.getString("sender"));
    assertThat(second.get("metadata", Document.class).getString("completes"))
        .isEqualTo(first.getString("messageId"));
    await()
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(6))
        .until(() -> libreChat.messages(conversation(), owner).size() == 2);
  }

  @Test
  void words_of_the_same_person_wait_behind_the_picture_and_others_do_not() {
    sms("One", "image/png").arrives();
    Twilio.sms("Two").from(number).arrives();
    await().atMost(SOON).until(() -> conversation() != null);
    String api = UUID.randomUUID().toString();
    given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType("application/json")
        .body(Map.of("role", "external", "content", "From a program " + api))
        .post("/api/messages/" + conversation() + "/external")
        .then()
        .statusCode(201);
    server.has(path(0), "image/png", MediaSamples.plain("png"));
    List<Document> messages = messages(3);
    assertThat(messages)
        .extracting(message -> message.getString("text").split("\n")[0])
        .containsExactly("From a program " + api, "One", "Two");
    // With its words, or below them on a slow machine.
    await()
        .atMost(SOON)
        .until(
            () ->
                libreChat.messages(conversation(), owner).stream()
                        .filter(message -> message.containsKey("files"))
                        .count()
                    == 1);
  }

  @Test
  void a_picture_that_comes_twice_is_stored_once() {
    server.has(path(0), "image/png", MediaSamples.plain("png"));
    Twilio sms = sms("Twice", "image/png");
    for (int i = 0; i < 5; i++) {
      sms.arrives().then().statusCode(200);
    }
    Document message = messages(1).get(0);
    assertThat(items(message)).hasSize(1);
    sms.arrives().then().statusCode(200);
    assertThat(libreChat.messages(conversation(), owner)).hasSize(1);
    assertThat(agent.files().uploads())
        .filteredOn(upload -> upload.fileName().equals("file-1.png"))
        .isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "private | The server redirects to an address that is not allowed",
        "loop | The server redirects more than 3 times",
        "gzip | The server sends the file compressed, although the request forbids compression",
        "claims-huge | The file is larger than 1 MiB",
        "endless | The file is larger than 1 MiB",
        "410 | The server of the file answers with status 410",
      })
  void each_trap_is_told_in_plain_words(String trap, String cause) {
    if (trap.equals("private")) {
      server.redirects(path(0), "http://169.254.169.254/latest/meta-data");
    } else if (trap.equals("loop")) {
      server.redirects(path(0), path(0));
    } else {
      server.traps(path(0), trap);
    }
    sms("Look", "image/png").arrives();
    Document message = messages(1).get(0);
    assertThat(message.getString("text"))
        .isEqualTo("Look\n[attachment: image/png] (not received: " + cause + ")");
    assertThat(items(message))
        .singleElement()
        .satisfies(
            item ->
                assertThat(item)
                    .containsEntry("state", "FAILED")
                    .containsEntry("cause", cause)
                    .doesNotContainKey("bytesId"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "silent | broke off",
        "stalls | broke off",
        "shorter | broke off",
        "drops | broke off",
        "trickles | did not arrive within 4 s",
        "503 | answers with status 503",
      })
  void a_passing_fault_delays_the_file_and_loses_no_words(String trap, String cause) {
    server.traps(path(0), trap);
    sms("Still here", "image/png").arrives().then().statusCode(200);
    Document message = messages(1).get(0);
    assertThat(message.getString("text")).isEqualTo("Still here\n[attachment: image/png]");
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(items(message))
                    .singleElement()
                    .satisfies(
                        item -> {
                          assertThat(item).containsEntry("state", "PENDING");
                          assertThat(item.getString("cause")).contains(cause);
                        }));
    server.has(path(0), "image/png", MediaSamples.plain("png"));
    assertThat(messages(2).get(1).getString("text")).startsWith("![file-1.png](");
  }

  @ParameterizedTest
  @CsvSource({"404-then-200"})
  void a_file_that_is_not_there_yet_loses_no_words(String trap) {
    server.traps(path(0), trap);
    sms("Still here", "image/png").arrives().then().statusCode(200);
    Document message = messages(1).get(0);
    assertThat(message.getString("text")).startsWith("Still here\n");
    server.has(path(0), "image/png", MediaSamples.plain("png"));
    if (message.getString("text").endsWith("[attachment: image/png]")) {
      assertThat(messages(2).get(1).getString("text")).startsWith("![file-1.png](");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/> | image/png | .svg",
        "<!doctype html><script>alert(1)</script> | image/jpeg | .html",
        "MZ is a program | image/gif | .exe",
      })
  void a_file_that_is_no_picture_is_a_link_that_downloads(
      String content, String declared, String extension) {
    server.has(path(0), declared, content.getBytes());
    int before = agent.files().uploads().size();
    sms("Look", declared).arrives();
    Document message = messages(1).get(0);
    assertThat(message.getString("text"))
        .doesNotContain("![")
        .contains("is not shown: The file is declared as " + declared)
        .contains(extension + "](/switchboard/media/");
    assertThat(message).doesNotContainKey("files").containsKey("content");
    Matcher here = HERE.matcher(message.getString("text"));
    assertThat(here.find()).isTrue();
    given()
        .get(here.group())
        .then()
        .statusCode(200)
        .contentType("application/octet-stream")
        .header("Content-Disposition", org.hamcrest.Matchers.startsWith("attachment"));
    assertThat(agent.files().uploads()).hasSize(before);
  }

  static Stream<Arguments> doubtful() {
    return Stream.of(
        arguments(
            "an archive instead of a picture",
            "image/png",
            MediaSamples.gzip(new byte[64 * 1024 * 1024]),
            "The file is declared as image/png and its content is"),
        arguments(
            "a JPEG that is declared as PNG",
            "image/png",
            MediaSamples.plain("jpeg"),
            "The file is declared as image/png and its content is image/jpeg"),
        arguments(
            "a picture with a page behind its end",
            "image/png",
            MediaSamples.polyglot("png", "<html><script>alert(1)</script>"),
            ""),
        arguments(
            "a picture that is a program",
            "image/gif",
            "GIF89a/*\0\0\0\0\0\0\0\0\0\0*/=alert(1)//;".getBytes(),
            ""),
        arguments(
            "a picture of 2,500 million pixels",
            "image/png",
            MediaSamples.pngThatClaims(50_000, 50_000),
            "The picture has more than 100 million pixels"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("doubtful")
  void a_doubtful_picture_is_stored_and_linked_and_not_shown(
      String name, String declared, byte[] content, String doubt) {
    server.has(path(0), declared, content);
    int before = agent.files().uploads().size();
    sms("Look", declared).arrives();
    Document message = messages(1).get(0);
    System.out.printf("Trap: %s: %s%n", name, message.getString("text").replaceAll("\\R", " / "));
    assertThat(message.getString("text"))
        .doesNotContain("![")
        .contains("is not shown: " + doubt)
        .contains("](/switchboard/media/");
    assertThat(items(message))
        .singleElement()
        .satisfies(
            item -> {
              assertThat(item).containsEntry("state", "STORED").containsEntry("shown", false);
              assertThat(item.getString("cause")).contains(doubt);
            });
    Matcher here = HERE.matcher(message.getString("text"));
    assertThat(here.find()).isTrue();
    given()
        .get(here.group())
        .then()
        .statusCode(200)
        .header("Content-Disposition", org.hamcrest.Matchers.startsWith("attachment"));
    assertThat(agent.files().uploads()).hasSize(before);
  }

  @Test
  void a_file_whose_upload_had_no_answer_is_at_librechat_once() {
    agent.files().mood = FakeLibreChatFiles.Mood.STORES_AND_DROPS;
    byte[] picture = MediaSamples.jpegWith(MediaSamples.segment(0xFE, sid.getBytes()));
    server.has(path(0), "image/jpeg", picture);
    int before = agent.files().uploads().size();
    sms("Look", "image/jpeg").arrives();
    await().atMost(SOON).until(() -> agent.files().uploads().size() > before);
    agent.files().mood = FakeLibreChatFiles.Mood.TAKES;
    List<Document> shown =
        await()
            .atMost(SOON)
            .until(
                () ->
                    conversation() == null
                        ? List.<Document>of()
                        : libreChat.messages(conversation(), owner).stream()
                            .filter(message -> message.containsKey("files"))
                            .toList(),
                list -> list.size() == 1);
    List<FakeLibreChatFiles.Upload> uploads =
        agent.files().uploads().subList(before, agent.files().uploads().size());
    assertThat(uploads)
        .filteredOn(upload -> upload.content().toString("ISO-8859-1").contains(sid))
        .hasSize(1);
    Document record =
        libreChat
            .collection("files")
            .find(new Document("temp_file_id", uploads.get(0).fields().get("file_id")))
            .first();
    assertThat(shown.get(0).getList("files", Document.class).get(0).getString("file_id"))
        .isEqualTo(record.getString("file_id"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void the_files_of_a_deleted_or_expired_conversation_are_deleted_and_counted(boolean isExpired) {
    server
        .has(path(0), "image/png", MediaSamples.plain("png"))
        .has(path(1), "audio/amr", "#!AMR\nsound".getBytes());
    sms("Gone soon", "image/png", "audio/amr").arrives();
    Document message = messages(1).get(0);
    String fileId = message.getList("files", Document.class).get(0).getString("file_id");
    Matcher here = HERE.matcher(message.getString("text"));
    assertThat(here.find()).isTrue();
    given().get(here.group()).then().statusCode(200);
    String bytesId =
        items(message).stream()
            .map(item -> item.getString("bytesId"))
            .filter(java.util.Objects::nonNull)
            .findFirst()
            .orElseThrow();
    assertThat(parts(bytesId)).isPositive();
    double before = deleted();
    Document conversation = new Document("conversationId", conversation());

    clean();
    assertThat(items(message)).noneMatch(item -> item.containsKey("forgotten"));
    if (isExpired) {
      // MongoDB deletes the conversation some time after this.
      libreChat
          .collection("conversations")
          .updateOne(
              conversation,
              new Document("$set", new Document("expiredAt", new Date(clock.millis() - 1_000))));
    } else {
      libreChat.collection("conversations").deleteOne(conversation);
    }
    clean();
    await().atMost(SOON).until(() -> items(message).isEmpty());
    given().get(here.group()).then().statusCode(404);
    assertThat(parts(bytesId)).isZero();
    assertThat(agent.files().deletions().toString()).contains(fileId);
    assertThat(deleted()).isGreaterThanOrEqualTo(before + 2);
  }

  private void clean() {
    // Reading LibreChat's documents needs a context of its own.
    java.util.concurrent.CompletableFuture<Void> done =
        new java.util.concurrent.CompletableFuture<>();
    timers
        .newContext()
        .execute(
            () -> cleanup.clean().subscribe().with(done::complete, done::completeExceptionally));
    done.orTimeout(60, java.util.concurrent.TimeUnit.SECONDS).join();
  }

  private long parts(String bytesId) {
    return libreChat
        .collection("switchboard_media.chunks")
        .countDocuments(new Document("files_id", bytesId));
  }

  private double deleted() {
    return meters.find("switchboard.media.deleted").tag("why", "forgotten").counters().stream()
        .mapToDouble(io.micrometer.core.instrument.Counter::count)
        .sum();
  }

  @Test
  void a_file_that_librechat_refuses_is_kept_and_linked() {
    server.has(path(0), "audio/amr", "#!AMR\nsound".getBytes());
    sms("Listen", "audio/amr").arrives();
    assertThat(messages(1).get(0).getString("text"))
        .matches("(?s)Listen\n\n\\[file-1\\.amr]\\(/switchboard/media/[A-Za-z0-9_-]{43}\\)");
  }

  @Test
  void a_voice_note_is_told_in_words_if_librechat_turns_speech_into_text() {
    agent.files().speech = "Call me\nat six ![x](https://evil.example/x)";
    server.has(path(0), "audio/ogg", "OggS\0\2 sound".getBytes());
    sms("", "audio/ogg").arrives();
    Document message = messages(1).get(0);
    assertThat(message.getString("text"))
        .startsWith("[voice note, in words: Call me at six \\![x]\\(https")
        .contains("](files/" + owner + "/");
    assertThat(message.getList("files", Document.class)).hasSize(1);
  }

  @Test
  void the_agent_gets_the_file_with_the_question() {
    server.has(path(0), "image/png", MediaSamples.plain("png"));
    sms("What is this?", "image/png").to(SHOP).arrives();
    await().atMost(SOON).until(() -> conversation() != null);
    FakeLibreChat.Asked asked =
        await()
            .atMost(SOON)
            .until(() -> agent.asked(conversation()), list -> list.size() == 1)
            .get(0);
    Document question = libreChat.messages(conversation(), owner).get(0);
    assertThat(asked.body().getList("files", Document.class))
        .containsExactly(
            new Document(
                "file_id", question.getList("files", Document.class).get(0).getString("file_id")));
    assertThat(asked.body().getString("text")).startsWith("What is this?\n\n![file-1.png](");
  }

  @Test
  void the_files_of_a_forgotten_person_are_deleted_here_and_at_librechat() {
    server
        .has(path(0), "image/png", MediaSamples.plain("png"))
        .has(path(1), "audio/amr", "#!AMR\nsound".getBytes());
    sms("Forget me", "image/png", "audio/amr").arrives();
    Document message = messages(1).get(0);
    String fileId = message.getList("files", Document.class).get(0).getString("file_id");
    Matcher here = HERE.matcher(message.getString("text"));
    assertThat(here.find()).isTrue();
    given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType("application/json")
        .body(Map.of("phoneNumber", number))
        .post("/api/people/forget")
        .then()
        .statusCode(200)
        .body("files", org.hamcrest.Matchers.equalTo(2));
    await().atMost(SOON).until(() -> items(message).isEmpty());
    given().get(here.group()).then().statusCode(404);
    assertThat(agent.files().deletions().toString()).contains(fileId);
  }

  private Twilio sms(String body, String... types) {
    Twilio sms =
        Twilio.sms(body).from(number).sid(sid).set("NumMedia", String.valueOf(types.length));
    for (int i = 0; i < types.length; i++) {
      sms.with("MediaUrl" + i, "https://api.twilio.com" + path(i))
          .with("MediaContentType" + i, types[i]);
    }
    return sms;
  }

  private String path(int i) {
    return "/2010-04-01/Accounts/"
        + Twilio.ACCOUNT
        + "/Messages/"
        + sid
        + "/Media/ME"
        + String.format("%032x", i);
  }

  private static byte[] card(String name, String number) {
    return ("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:" + name + "\r\nTEL:" + number + "\r\nEND:VCARD\r\n")
        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private List<Document> items(Document message) {
    return libreChat
        .collection("switchboard_media")
        .find(new Document("messageId", message.getString("messageId")))
        .into(new ArrayList<>());
  }

  private String conversation() {
    Document mapping =
        libreChat
            .collection("switchboard_mappings")
            .find(new Document("phoneNumber", number))
            .first();
    return mapping == null ? null : mapping.getString("conversationId");
  }

  private List<Document> messages(int count) {
    await().atMost(SOON).until(() -> conversation() != null);
    return await()
        .atMost(SOON)
        .until(() -> libreChat.messages(conversation(), owner), list -> list.size() == count);
  }
}
