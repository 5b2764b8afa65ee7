package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeTwilio;
import chat.switchboard.support.FakeTwilio.Mood;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.MediaSamples;
import chat.switchboard.support.PhoneNumbers;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures and files go out with a text: the door, LibreChat's storage, Twilio, and the phone. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = FakeLibreChat.Resource.class, restrictToAnnotatedClass = true)
@TestProfile(SendMediaTest.Sending.class)
class SendMediaTest {

  private static final String OURS = "+15557654321";
  private static final String LINK =
      TestDatabase.PUBLIC_URL + "/switchboard/media/[A-Za-z0-9_-]{22}";

  /** Everything is there to send, and waits are short. */
  public static class Sending implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "switchboard.twilio.api-url", FakeTwilio.reservedUrl(),
          "switchboard.twilio.from", OURS,
          "switchboard.media.hosts", "pictures.example.com",
          "switchboard.spend.countries", "*",
          "switchboard.outbox.segments-per-second", "200",
          "switchboard.outbox.max-backoff", "300ms",
          "switchboard.outbox.file-attempts", "3",
          "switchboard.numbers.\"+15557654322\".mms", "false");
    }
  }

  private static FakeTwilio twilio;

  @BeforeAll
  static void listen() {
    twilio = FakeTwilio.startReserved().fetchesFrom("http://localhost:" + RestAssured.port);
  }

  @AfterAll
  static void hangUp() {
    twilio.close();
  }

  private final LibreChat libreChat = new LibreChat();
  private final FakeLibreChat storage = FakeLibreChat.Resource.get();
  private final String to = PhoneNumbers.next();
  private String user;
  private String conversation;

  @BeforeEach
  void aConversation() {
    storage.reset();
    twilio.fetchesFrom("http://localhost:" + RestAssured.port);
    user = libreChat.owner();
    conversation = libreChat.conversation(user);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_picture_of_librechat_goes_out_as_mms_and_twilio_fetches_it() {
    byte[] picture = MediaSamples.plain("png");
    String file = storage.has(user, "cat 1.png", "image/png", picture);
    Response queued = send(Map.of("text", "Look", "media", List.of(file)), null);
    queued.then().statusCode(202).body("status", equalTo("queued")).body("segments", equalTo(3));
    String id = queued.path("id");
    awaitState(id, "sent");

    FakeTwilio.Request request = twilio.taken(to).get(0);
    assertThat(twilio.requests(to)).hasSize(1);
    assertThat(request.form()).containsEntry("Body", "Look").containsEntry("From", OURS);
    assertThat(request.mediaUrls()).hasSize(1);
    assertThat(request.mediaUrls().get(0)).matches(LINK);
    FakeTwilio.Fetched fetched = fetched(1).get(0);
    assertThat(fetched.fault()).isNull();
    assertThat(fetched.type()).isEqualTo("image/png");
    assertThat(fetched.bytes()).isEqualTo(picture);
    assertThat(fetched.disposition()).startsWith("inline").contains("cat 1.png");
    get(id)
        .then()
        .body("text", equalTo("Look"))
        .body("segments", equalTo(3))
        .body("media", hasSize(1))
        .body("media[0].name", equalTo("cat 1.png"))
        .body("media[0].type", equalTo("image/png"))
        .body("media[0].bytes", equalTo(picture.length))
        .body("media[0].status", equalTo("media"))
        .body("history.status", equalTo(List.of("queued", "sending", "sent")));
    // The request to LibreChat had the owner's token and a browser's name.
    FakeLibreChat.Request download =
        storage.requests().stream()
            .filter(one -> one.path().equals("/api/files/download/" + user + "/" + file))
            .findFirst()
            .orElseThrow();
    assertThat(download.claims().getString("id")).isEqualTo(user);
    assertThat(download.claims().getInteger("exp") - download.claims().getInteger("iat"))
        .isEqualTo(60);
    given()
        .header("Range", "bytes=2-5")
        .get(path(request.mediaUrls().get(0)))
        .then()
        .statusCode(206)
        .header("Content-Length", "4")
        .header("X-Content-Type-Options", "nosniff");
    operators("stored").body("items.direction", hasItem("out"));
  }

  @Test
  void a_picture_goes_without_words_and_ten_go_in_one_message() {
    List<String> files =
        IntStream.range(0, 10)
            .mapToObj(i -> storage.has(user, i + ".jpg", "image/jpeg", MediaSamples.plain("jpg")))
            .toList();
    String id = send(Map.of("media", files), null).then().statusCode(202).extract().path("id");
    awaitState(id, "sent");
    FakeTwilio.Request request = twilio.taken(to).get(0);
    assertThat(request.form()).doesNotContainKey("Body");
    assertThat(request.mediaUrls()).hasSize(10).doesNotHaveDuplicates();
    assertThat(fetched(10)).allSatisfy(file -> assertThat(file.fault()).isNull());
  }

  @Test
  void what_the_carrier_does_not_take_is_a_link_in_the_text() {
    String picture = storage.has(user, "a.png", "image/png", MediaSamples.plain("png"));
    String page =
        storage.has(user, "page.html", "text/html", "<html><body>x</body></html>".getBytes());
    byte[] large = Arrays.copyOf("%PDF-1.7\n%%EOF\n".getBytes(), 600_000);
    Arrays.fill(large, 15, large.length, (byte) ' ');
    String pdf = storage.has(user, "large.pdf", "application/pdf", large);
    String id =
        send(Map.of("text", "All three", "media", List.of(picture, page, pdf)), null)
            .then()
            .statusCode(202)
            .extract()
            .path("id");
    awaitState(id, "sent");
    FakeTwilio.Request request = twilio.taken(to).get(0);
    assertThat(request.mediaUrls()).hasSize(1);
    assertThat(request.text()).matches("All three\n\n" + LINK + "\n" + LINK);
    String[] lines = request.text().split("\n");
    given()
        .get(path(lines[2]))
        .then()
        .statusCode(200)
        .header("Content-Type", equalTo("application/octet-stream"))
        .header("Content-Disposition", containsString("attachment"));
    given()
        .get(path(lines[3]))
        .then()
        .statusCode(200)
        .header("Content-Type", equalTo("application/pdf"))
        .header("Content-Length", "600000");
    get(id).then().body("media.status", equalTo(List.of("media", "link", "link")));
  }

  @ParameterizedTest
  @CsvSource({
    // A country without MMS, and a service number without MMS
    "+447700900123, +15557654321, 1",
    "+15551239876, +15557654322, 1",
    "+15551239875, +447700900999, 1",
    "+14165551234, +15557654321, 3",
    "+15551239874, MG0123456789abcdef0123456789abcdef, 3",
    "+447700900124, MG0123456789abcdef0123456789abcdef, 1",
  })
  void where_there_is_no_mms_the_text_has_a_link(String phone, String from, int segments) {
    String file = storage.has(user, "a.png", "image/png", MediaSamples.plain("png"));
    String id =
        send(Map.of("to", phone, "from", from, "text", "Look", "media", List.of(file)), null)
            .then()
            .statusCode(202)
            .body("segments", equalTo(segments))
            .extract()
            .path("id");
    awaitState(id, "sent");
    List<FakeTwilio.Request> taken = twilio.taken(phone);
    FakeTwilio.Request request = taken.get(taken.size() - 1);
    if (segments == 3) {
      assertThat(request.mediaUrls()).hasSize(1);
      assertThat(request.text()).isEqualTo("Look");
    } else {
      assertThat(request.mediaUrls()).isEmpty();
      assertThat(request.text()).matches("Look\n\n" + LINK);
      given().get(path(request.text().split("\n")[2])).then().statusCode(200);
    }
    get(id).then().body("segments", equalTo(segments));
  }

  @Test
  void whatsapp_gets_one_file_in_each_message() {
    String phone = "whatsapp:" + to;
    String one = storage.has(user, "a.png", "image/png", MediaSamples.plain("png"));
    String two = storage.has(user, "b.pdf", "application/pdf", "%PDF-1.7\n%%EOF\n".getBytes());
    Response queued = send(Map.of("to", phone, "text", "Both", "media", List.of(one, two)), null);
    queued.then().statusCode(202).body("parts", hasSize(2));
    List<String> parts = queued.path("parts");
    parts.forEach(id -> awaitState(id, "sent"));
    List<FakeTwilio.Request> taken = twilio.taken(phone);
    assertThat(taken).extracting(FakeTwilio.Request::text).containsExactly("Both", null);
    assertThat(taken).allSatisfy(request -> assertThat(request.mediaUrls()).hasSize(1));
    await().until(() -> twilio.fetched(phone).size() == 2);
    assertThat(twilio.fetched(phone))
        .extracting(FakeTwilio.Fetched::type)
        .containsExactlyInAnyOrder("image/png", "application/pdf");
  }

  @Test
  void a_long_text_goes_first_and_its_pictures_behind_it() {
    String file = storage.has(user, "a.png", "image/png", MediaSamples.plain("png"));
    Response queued = send(Map.of("text", "word ".repeat(400), "media", List.of(file)), null);
    queued.then().statusCode(202).body("parts", hasSize(3));
    List<String> parts = queued.path("parts");
    parts.forEach(id -> awaitState(id, "sent"));
    assertThat(twilio.taken(to))
        .extracting(request -> request.mediaUrls().size())
        .containsExactly(0, 0, 1);
  }

  @Test
  void each_attempt_hands_over_the_same_address_and_the_text_goes_once() {
    String file = storage.has(user, "a.png", "image/png", MediaSamples.plain("png"));
    twilio.with(to, Mood.UNAVAILABLE, Mood.TOO_MANY);
    String id =
        send(Map.of("text", "Look", "media", List.of(file)), null).then().extract().path("id");
    awaitState(id, "sent");
    assertThat(twilio.requests(to)).hasSize(3);
    assertThat(twilio.requests(to))
        .extracting(FakeTwilio.Request::mediaUrls)
        .containsOnly(twilio.requests(to).get(0).mediaUrls());
    assertThat(twilio.taken(to)).hasSize(1);
    Document item = items(file).get(0);
    assertThat(items(file)).hasSize(1);
    assertThat(item.getList("capabilities", Document.class)).hasSize(1);
    Date end = item.getList("capabilities", Document.class).get(0).getDate("endsAt");
    assertThat(end.getTime() - System.currentTimeMillis())
        .isBetween(23 * 3_600_000L, 24 * 3_600_000L);
    assertThat(item.getDate("forgetAt")).isAfter(end);
  }

  @Test
  void an_address_that_is_over_opens_nothing() {
    String file = storage.has(user, "a.png", "image/png", MediaSamples.plain("png"));
    String id =
        send(Map.of("text", "Look", "media", List.of(file)), null).then().extract().path("id");
    awaitState(id, "sent");
    fetched(1);
    String address = path(twilio.taken(to).get(0).mediaUrls().get(0));
    given().get(address).then().statusCode(200);
    libreChat
        .collection("switchboard_media")
        .updateMany(
            new Document("_id", items(file).get(0).getString("_id")),
            new Document("$set", new Document("capabilities.0.endsAt", new Date(0))));
    given().get(address).then().statusCode(404);
    given().head(address).then().statusCode(404);
  }

  @Test
  void a_storage_that_is_away_for_a_moment_delays_the_text_and_later_texts_wait() {
    storage.hasNoFiles(true);
    String file = storage.has(user, "a.png", "image/png", MediaSamples.plain("png"));
    String id =
        send(Map.of("text", "First", "media", List.of(file)), null).then().extract().path("id");
    String second = send(Map.of("text", "Second"), null).then().extract().path("id");
    await().until(() -> get(id).path("cause") != null);
    get(id)
        .then()
        .body("status", equalTo("queued"))
        .body("cause", containsString("503"))
        .body("media[0].status", equalTo("waiting"));
    storage.hasNoFiles(false);
    awaitState(id, "sent");
    awaitState(second, "sent");
    get(id).then().body("cause", nullValue());
    assertThat(twilio.taken(to))
        .extracting(FakeTwilio.Request::text)
        .containsExactly("First", "Second");
  }

  @Test
  void a_text_whose_file_is_lost_fails_whole_and_goes_when_requeued() {
    byte[] picture = MediaSamples.plain("png");
    String file = storage.has(user, "a.png", "image/png", picture);
    storage.loses(user, file);
    Response queued = send(Map.of("text", "word ".repeat(400), "media", List.of(file)), null);
    List<String> parts = queued.path("parts");
    parts.forEach(id -> awaitState(id, "failed"));
    get(parts.get(0)).then().body("cause", containsString("A file of the text cannot be sent"));
    assertThat(twilio.requests(to)).isEmpty();
    storage.keeps(user, file, picture);
    for (String id : parts) {
      api().post("/api/sms/" + id + "/requeue").then().statusCode(200);
      awaitState(id, "sent");
    }
    assertThat(twilio.taken(to)).hasSize(3);
    assertThat(fetched(1).get(0).bytes()).isEqualTo(picture);
  }

  @Test
  void a_requeued_text_whose_copy_is_gone_fetches_the_file_again() {
    String file = storage.has(user, "a.png", "image/png", MediaSamples.plain("png"));
    twilio.with(to, Mood.NO_NUMBER);
    String id =
        send(Map.of("text", "Look", "media", List.of(file)), null).then().extract().path("id");
    awaitState(id, "failed");
    libreChat
        .collection("switchboard_media")
        .deleteOne(new Document("_id", items(file).get(0).getString("_id")));
    api().post("/api/sms/" + id + "/requeue").then().statusCode(200);
    awaitState(id, "sent");
    assertThat(fetched(1).get(0).fault()).isNull();
  }

  @Test
  void a_picture_that_a_person_sent_goes_out_by_its_own_id() {
    String file = storage.has(user, "a.png", "image/png", MediaSamples.plain("png"));
    String first =
        send(Map.of("text", "Look", "media", List.of(file)), null).then().extract().path("id");
    awaitState(first, "sent");
    String ours = items(file).get(0).getString("_id");
    String id =
        send(Map.of("text", "Again", "media", List.of(ours)), null)
            .then()
            .statusCode(202)
            .extract()
            .path("id");
    awaitState(id, "sent");
    assertThat(fetched(2)).allSatisfy(one -> assertThat(one.fault()).isNull());
    assertThat(twilio.taken(to))
        .extracting(request -> request.mediaUrls().get(0))
        .doesNotHaveDuplicates();
  }

  @Test
  void only_files_of_the_conversations_owner_are_sent() {
    String stranger = libreChat.user();
    String theirs = storage.has(stranger, "a.png", "image/png", MediaSamples.plain("png"));
    for (String unknown : List.of(theirs, UUID.randomUUID().toString(), "nothing", "out:x")) {
      send(Map.of("text", "Look", "media", List.of(unknown)), null)
          .then()
          .statusCode(404)
          .body("error", containsString("media[0]"));
    }
    assertThat(twilio.requests(to)).isEmpty();
    api().queryParam("phoneNumber", to).get("/api/mappings").then().body("items", hasSize(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://other.example.com/a.png|hosts",
        "https://pictures.example.com.evil.example/a.png|hosts",
        "https://user@pictures.example.com/a.png|https",
        "https://pictures.example.com:8443/a.png|https",
        "https://127.0.0.1/a.png|https",
        "https://[::1]/a.png|https",
        "https://localhost/a.png|https",
        "http://pictures.example.com/a.png|https",
        "HTTPS://other.example.com/|hosts",
        "file:///etc/passwd|id of a file",
        "data:image/png;base64,AAAA|id of a file",
        "../../etc/passwd|id of a file",
        "/images/u1/a.png|id of a file",
        "a b|id of a file",
      })
  void addresses_and_ids_of_other_forms_are_refused_at_once(String item, String says) {
    send(Map.of("text", "Look", "media", List.of(item)), null)
        .then()
        .statusCode(400)
        .body("error", containsString("media[0]"))
        .body("error", containsString(says));
    assertThat(twilio.requests(to)).isEmpty();
  }

  @Test
  void the_items_and_their_lengths_are_bounded() {
    String file = storage.has(user, "a.png", "image/png", MediaSamples.plain("png"));
    send(Map.of("text", "x", "media", Collections.nCopies(11, file)), null)
        .then()
        .statusCode(400)
        .body("error", containsString("10"));
    send(Map.of("text", "x", "media", List.of("a".repeat(2_049))), null)
        .then()
        .statusCode(400)
        .body("error", containsString("2048"));
    for (Object odd :
        List.of(List.of(""), Arrays.asList((Object) null), List.of(Map.of()), "x", 7)) {
      send(Map.of("text", "x", "media", odd), null).then().statusCode(400);
    }
    send(Map.of("media", List.of()), null)
        .then()
        .statusCode(400)
        .body("error", containsString("text"));
    send(Map.of("text", " ", "media", List.of()), null).then().statusCode(400);
    String large = storage.has(user, "large.bin", "application/pdf", new byte[17 << 20]);
    send(Map.of("text", "x", "media", List.of(large)), null)
        .then()
        .statusCode(400)
        .body("error", containsString("16 MiB"));
    assertThat(twilio.requests(to)).isEmpty();
  }

  @Test
  void a_repeated_request_is_one_text_and_other_media_are_a_conflict() {
    String file = storage.has(user, "a.png", "image/png", MediaSamples.plain("png"));
    String other = storage.has(user, "b.png", "image/png", MediaSamples.plain("png"));
    String key = UUID.randomUUID().toString();
    Map<String, Object> text = Map.of("text", "Look", "media", List.of(file));
    String id = send(text, key).then().statusCode(202).extract().path("id");
    awaitState(id, "sent");
    send(text, key)
        .then()
        .statusCode(202)
        .header("Idempotency-Replayed", "true")
        .body("id", equalTo(id));
    send(Map.of("text", "Look", "media", List.of(other)), key).then().statusCode(409);
    send(Map.of("text", "Look"), key).then().statusCode(409);
    assertThat(twilio.taken(to)).hasSize(1);
    assertThat(fetched(1)).hasSize(1);
  }

  @Test
  void a_picture_goes_to_all_people_of_a_conversation_and_is_fetched_once() {
    String file = storage.has(user, "all.png", "image/png", MediaSamples.plain("png"));
    String other = PhoneNumbers.next();
    for (String person : List.of(to, other)) {
      api()
          .body(Map.of("phoneNumber", person, "conversationId", conversation))
          .post("/api/mappings")
          .then()
          .statusCode(201);
    }
    String key = UUID.randomUUID().toString();
    for (int i = 0; i < 2; i++) {
      sendToAll(Map.of("text", "Look", "media", List.of(file)), key)
          .then()
          .statusCode(202)
          .body("people", hasSize(2))
          .body("people.error", everyItem(org.hamcrest.Matchers.nullValue()));
    }
    for (String person : List.of(to, other)) {
      await().until(() -> !twilio.taken(person).isEmpty());
      assertThat(twilio.taken(person)).hasSize(1);
      assertThat(twilio.taken(person).get(0).mediaUrls()).hasSize(1);
      assertThat(twilio.taken(person).get(0).text()).isEqualTo("Look");
    }
    assertThat(
            storage.requests().stream()
                .filter(one -> one.path().equals("/api/files/download/" + user + "/" + file)))
        .hasSize(1);
    sendToAll(Map.of("media", List.of(file)), null).then().statusCode(202);
    await().until(() -> twilio.taken(other).size() == 2);
    assertThat(twilio.taken(other).get(1).form()).doesNotContainKey("Body");
  }

  @Test
  void a_file_that_cannot_be_sent_is_told_once_and_nobody_of_the_conversation_is_texted() {
    api()
        .body(Map.of("phoneNumber", to, "conversationId", conversation))
        .post("/api/mappings")
        .then()
        .statusCode(201);
    sendToAll(Map.of("text", "x", "media", List.of("no-such-file")), null)
        .then()
        .statusCode(404)
        .body("error", containsString("media[0]"));
    sendToAll(Map.of("text", "x", "media", List.of("https://evil.example/x.png")), null)
        .then()
        .statusCode(400)
        .body("error", containsString("media[0]"));
    sendToAll(Map.of("text", "x", "media", java.util.Collections.nCopies(11, "a")), null)
        .then()
        .statusCode(400);
    sendToAll(Map.of("text", " ", "media", List.of()), null).then().statusCode(400);
    assertThat(twilio.requests(to)).isEmpty();
  }

  private Response sendToAll(Map<String, Object> body, String key) {
    RequestSpecification request = api().body(body);
    if (key != null) {
      request.header("Idempotency-Key", key);
    }
    return request.post("/api/sms/conversations/" + conversation);
  }

  @Test
  void a_code_goes_with_a_picture() {
    String file = storage.has(user, "a.png", "image/png", MediaSamples.plain("png"));
    Response queued = send(Map.of("media", List.of(file), "includeCode", true), null);
    queued.then().statusCode(202);
    awaitState(queued.path("id"), "sent");
    FakeTwilio.Request request = twilio.taken(to).get(0);
    assertThat(request.text()).contains(queued.<String>path("mapping.code")).doesNotStartWith("\n");
    assertThat(request.mediaUrls()).hasSize(1);
  }

  @Test
  void the_list_of_files_shows_states_and_never_an_address() {
    String file = storage.has(user, "a.png", "image/png", MediaSamples.plain("png"));
    String id =
        send(Map.of("text", "Look", "media", List.of(file)), null).then().extract().path("id");
    awaitState(id, "sent");
    String item = items(file).get(0).getString("_id");
    String seen = api().get("/api/media/" + item).then().statusCode(200).extract().asString();
    assertThat(seen).doesNotContain("capabilities").doesNotContain("hash");
    operators("stored").body("items.state", everyItem(equalTo("stored")));
    operators("failed").body("items.state", everyItem(equalTo("failed")));
    api().get("/api/media?state=lost").then().statusCode(400);
    api().get("/api/media/none").then().statusCode(404);
    api().post("/api/media/" + item + "/requeue").then().statusCode(409);
    given().get("/api/media").then().statusCode(401);
  }

  private static io.restassured.response.ValidatableResponse operators(String state) {
    return api().get("/api/media?state=" + state + "&limit=200").then().statusCode(200);
  }

  private List<FakeTwilio.Fetched> fetched(int count) {
    return await().until(() -> twilio.fetched(to), files -> files.size() == count);
  }

  /** The copies of this file of LibreChat. */
  private List<Document> items(String file) {
    List<Document> items = new java.util.ArrayList<>();
    libreChat
        .collection("switchboard_media")
        .find(new Document("outgoing", true).append("user", user))
        .sort(new Document("receivedAt", -1))
        .into(items);
    String name =
        libreChat
            .collection("files")
            .find(new Document("file_id", file))
            .first()
            .getString("filename");
    Document newest =
        items.stream()
            .filter(item -> name.equals(item.getString("fileName")))
            .findFirst()
            .orElse(null);
    return newest == null ? List.of() : List.of(newest);
  }

  private static String path(String url) {
    assertThat(url).startsWith(TestDatabase.PUBLIC_URL);
    return url.substring(TestDatabase.PUBLIC_URL.length());
  }

  private Response send(Map<String, Object> fields, String key) {
    Map<String, Object> body = new HashMap<>(Map.of("to", to, "conversationId", conversation));
    body.putAll(fields);
    RequestSpecification request = api().body(body);
    if (key != null) {
      request.header("Idempotency-Key", key);
    }
    return request.post("/api/sms");
  }

  private static RequestSpecification api() {
    return given().contentType(ContentType.JSON).header("X-API-Key", TestDatabase.API_KEY);
  }

  private static Response get(String id) {
    return api().get("/api/sms/" + id);
  }

  private static void awaitState(String id, String state) {
    await().untilAsserted(() -> assertThat(get(id).<String>path("status")).isEqualTo(state));
  }
}
