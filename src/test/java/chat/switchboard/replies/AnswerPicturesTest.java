package chat.switchboard.replies;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.feed.SeenMessageListener;
import chat.switchboard.librechat.Message;
import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeTwilio;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.MediaSamples;
import chat.switchboard.support.Said;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pictures of an answer, and what the owner attaches, go to the phone with their words. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = FakeLibreChat.Resource.class, restrictToAnnotatedClass = true)
@TestProfile(AnswerPicturesTest.Answering.class)
class AnswerPicturesTest {

  private static final String SHOP = "+15550009001";
  private static final Duration SOON = Duration.ofSeconds(60);

  /** One number whose people hear the agent and the owner. */
  public static class Answering implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "switchboard.twilio.api-url",
          FakeTwilio.reservedUrl(),
          "switchboard.twilio.from",
          SHOP,
          "switchboard.numbers.\"" + SHOP + "\".forward-owner",
          "true",
          "switchboard.replies.debounce",
          "100ms",
          "switchboard.outbox.segments-per-second",
          "200",
          "switchboard.outbox.file-attempts",
          "2");
    }
  }

  private static FakeTwilio twilio;

  @Inject SeenMessageListener listener;
  @Inject Vertx vertx;

  private final LibreChat libreChat = new LibreChat();
  private final FakeLibreChat agent = FakeLibreChat.Resource.get();
  private final byte[] picture = MediaSamples.plain("png");
  private String owner;
  private String conversation;
  private String number;

  @BeforeAll
  static void listen() {
    twilio = FakeTwilio.startReserved();
  }

  @AfterAll
  static void hangUp() {
    twilio.close();
  }

  @BeforeEach
  void aConversation() {
    agent.reset();
    twilio.fetchesFrom("http://localhost:" + RestAssured.port);
    owner = libreChat.owner();
    conversation = libreChat.conversation(owner);
    number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_markdown_picture_of_the_owner_goes_out_and_a_foreign_address_is_never_fetched() {
    agent.has(owner, "cat.png", "image/png", picture);
    FakeTwilio.Request text =
        answer(
            words(
                "The cat:\n\n![A cat](/images/"
                    + owner
                    + "/cat.png)\n\nand ![another](https://elsewhere.example/a.png)"));
    assertThat(text.text()).isEqualTo("The cat:\n\nand another (https://elsewhere.example/a.png)");
    assertThat(text.mediaUrls()).hasSize(1);
    FakeTwilio.Fetched fetched = fetched(1).get(0);
    assertThat(fetched.fault()).isNull();
    assertThat(fetched.bytes()).isEqualTo(picture);
    assertThat(fetched.type()).isEqualTo("image/png");
    assertThat(downloads()).isEqualTo(1);
  }

  @Test
  void an_absolute_address_of_librechats_own_picture_is_the_same_picture() {
    agent.has(owner, "dog.png", "image/png", picture);
    FakeTwilio.Request text =
        answer(words("![A dog](https://chat.example.com/images/" + owner + "/dog.png)"));
    assertThat(text.text()).isNull();
    assertThat(text.mediaUrls()).hasSize(1);
    fetched(1);
  }

  @Test
  void a_picture_of_another_user_and_an_unknown_one_stay_words() {
    String stranger = libreChat.user();
    agent.has(stranger, "secret.png", "image/png", picture);
    FakeTwilio.Request text =
        answer(words("![Theirs](/images/" + stranger + "/secret.png) ![none](/images/x/none.png)"));
    assertThat(text.mediaUrls()).isEmpty();
    assertThat(text.text())
        .isEqualTo("Theirs (/images/" + stranger + "/secret.png) none (/images/x/none.png)");
    assertThat(downloads()).isZero();
  }

  @Test
  void pictures_of_tools_go_out_and_their_other_files_do_not() {
    String drawn = agent.has(owner, "drawn.png", "image/png", picture);
    String plotted = agent.has(owner, "plot.png", "image/png", picture);
    String table = agent.has(owner, "table.csv", "text/csv", "a,b\n".getBytes());
    FakeTwilio.Request text =
        answer(
            new Document(
                    "content",
                    List.of(
                        new Document("type", "text").append("text", "Here they are"),
                        new Document("type", "image_file")
                            .append("image_file", new Document("file_id", drawn))))
                .append(
                    "attachments",
                    List.of(
                        new Document("file_id", plotted)
                            .append("filename", "plot.png")
                            .append("width", 40)
                            .append("height", 30),
                        new Document("file_id", table).append("filename", "table.csv"),
                        "odd")));
    assertThat(text.text()).isEqualTo("Here they are");
    assertThat(text.mediaUrls()).hasSize(2);
    assertThat(fetched(2)).allSatisfy(file -> assertThat(file.bytes()).isEqualTo(picture));
  }

  @Test
  void an_answer_has_at_most_ten_pictures() {
    StringBuilder many = new StringBuilder("Many\n\n");
    IntStream.range(0, 12)
        .forEach(
            i -> {
              agent.has(owner, i + "many.png", "image/png", picture);
              many.append("![p").append(i).append("](/images/").append(owner).append("/");
              many.append(i).append("many.png)\n\n");
            });
    FakeTwilio.Request text = answer(words(many.toString()));
    assertThat(text.mediaUrls()).hasSize(10);
    assertThat(text.text())
        .startsWith("Many")
        .contains("p10 (/images/")
        .contains("p11 (/images/")
        .doesNotContain("p9");
    fetched(10);
  }

  @Test
  void the_words_go_although_the_picture_is_lost() {
    String lost = agent.has(owner, "lost.png", "image/png", picture);
    agent.loses(owner, lost);
    FakeTwilio.Request text = answer(words("The cat:\n\n![A cat](/images/" + owner + "/lost.png)"));
    assertThat(text.mediaUrls()).isEmpty();
    assertThat(text.text()).isEqualTo("The cat:\n\n[attachment: lost.png]");
  }

  @Test
  void a_storage_that_stays_away_does_not_keep_the_words_back() {
    agent.has(owner, "away.png", "image/png", picture);
    agent.hasNoFiles(true);
    FakeTwilio.Request text = answer(words("The cat:\n\n![A cat](/images/" + owner + "/away.png)"));
    assertThat(text.text()).isEqualTo("The cat:\n\n[attachment: away.png]");
  }

  @Test
  void what_the_owner_attaches_goes_to_the_phone_each_file_once() {
    map();
    String photo = agent.has(owner, "photo.png", "image/png", picture);
    String menu = agent.has(owner, "menu.pdf", "application/pdf", "%PDF-1.7\n%%EOF\n".getBytes());
    Message typed = typed("The menu ![x](/images/y.png)", photo, menu, photo);
    Said.see(listener, vertx, typed);
    Said.see(listener, vertx, typed);
    FakeTwilio.Request text = sent();
    assertThat(text.text()).isEqualTo("The menu ![x](/images/y.png)");
    assertThat(text.mediaUrls()).hasSize(2);
    assertThat(fetched(2))
        .extracting(FakeTwilio.Fetched::type)
        .containsExactlyInAnyOrder("image/png", "application/pdf");
  }

  @Test
  void the_owners_picture_goes_without_words() {
    map();
    String photo = agent.has(owner, "alone.png", "image/png", picture);
    Said.see(listener, vertx, typed("", photo));
    FakeTwilio.Request text = sent();
    assertThat(text.text()).isNull();
    assertThat(text.mediaUrls()).hasSize(1);
  }

  @Test
  void a_group_gets_a_picture_that_is_fetched_once() {
    List<String> people = List.of(number, number.replace("+1555", "+1556"));
    people.forEach(this::map);
    String photo = agent.has(owner, "group.png", "image/png", picture);
    Said.see(listener, vertx, typed("All", photo));
    people.forEach(person -> await().atMost(SOON).until(() -> twilio.taken(person).size() == 1));
    assertThat(downloads()).isEqualTo(1);
    assertThat(people.stream().map(person -> twilio.taken(person).get(0).mediaUrls().get(0)))
        .doesNotHaveDuplicates();
  }

  private static Document words(String text) {
    return new Document("content", List.of(new Document("type", "text").append("text", text)));
  }

  /** The text that the phone gets when the agent answers with this. */
  private FakeTwilio.Request answer(Document with) {
    agent.answersWith(conversation, with);
    given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body(
            new Document("role", "external")
                .append("content", "A picture, please")
                .append("reply", true)
                .append(
                    "metadata",
                    new Document("source", "sms")
                        .append("phoneNumber", number)
                        .append("serviceNumber", SHOP))
                .toJson())
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(201);
    return sent();
  }

  private FakeTwilio.Request sent() {
    await().atMost(SOON).until(() -> twilio.taken(number).size() == 1);
    return twilio.taken(number).get(0);
  }

  private List<FakeTwilio.Fetched> fetched(int count) {
    return await().until(() -> twilio.fetched(number), files -> files.size() == count);
  }

  private long downloads() {
    return agent.requests().stream()
        .filter(request -> request.path().startsWith("/api/files/download/"))
        .count();
  }

  private void map() {
    map(number);
  }

  private void map(String person) {
    given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body(
            new Document("phoneNumber", person)
                .append("conversationId", conversation)
                .append("serviceNumber", SHOP)
                .toJson())
        .post("/api/mappings")
        .then()
        .statusCode(201);
  }

  private Message typed(String text, String... files) {
    Message message = new Message();
    message.messageId = UUID.randomUUID().toString();
    message.conversationId = conversation;
    message.user = owner;
    message.createdByUser = true;
    message.text = text;
    message.createdAt = new Date();
    message.files = Arrays.stream(files).map(file -> new Document("file_id", file)).toList();
    return message;
  }
}
