package chat.switchboard.phones;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.PhoneNumbers;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text commands of own phones, through the webhook. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class PhoneCommandsTest {

  private static final String OURS = "+15557654321";

  private LibreChat libreChat;
  private String owner;
  private String ann;
  private String bob;
  private String phone;

  @BeforeEach
  void twoUsers() {
    libreChat = new LibreChat();
    owner = libreChat.owner();
    ann = libreChat.user();
    bob = libreChat.user();
    phone = number();
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  private static String number() {
    return PhoneNumbers.next();
  }

  private static RequestSpecification operator() {
    return given().header("X-Internal-API-Key", TestDatabase.API_KEY).contentType(ContentType.JSON);
  }

  private static String code(String user) {
    return operator()
        .body(Map.of("user", user))
        .post("/api/phones")
        .then()
        .statusCode(201)
        .extract()
        .path("code");
  }

  private Response text(String from, String words) {
    return Twilio.sms(words).from(from).arrives();
  }

  private String link(String from, String user) {
    String said = text(from, code(user)).then().statusCode(200).extract().asString();
    assertThat(said).contains("now belongs to the LibreChat account");
    return said;
  }

  private List<Document> messages(String text) {
    return libreChat.collection("messages").find(Filters.eq("text", text)).into(new ArrayList<>());
  }

  private Document message(String text) {
    await().until(() -> messages(text).size() == 1);
    return messages(text).get(0);
  }

  private Document stored(String number) {
    return libreChat.collection("switchboard_phones").find(Filters.eq("number", number)).first();
  }

  private String list(String... titles) {
    // Each a millisecond later than the one before: equal times have no order.
    long first = System.currentTimeMillis() - titles.length;
    for (int at = 0; at < titles.length; at++) {
      libreChat.conversation(
          ann, new Document("title", titles[at]).append("updatedAt", new Date(first + at)));
    }
    return text(phone, "LIST").then().statusCode(200).extract().asString();
  }

  private String conversationOf(String words) {
    return message(words).getString("conversationId");
  }

  @Test
  void a_new_conversation_begins_with_the_next_text_and_the_command_is_no_message() {
    link(phone, ann);
    text(phone, "First " + phone);
    String first = conversationOf("First " + phone);
    long before = libreChat.collection("conversations").countDocuments(Filters.eq("user", ann));
    text(phone, " new ").then().body(containsString("your next text begins it"));
    assertThat(libreChat.collection("conversations").countDocuments(Filters.eq("user", ann)))
        .isEqualTo(before);
    text(phone, "Second " + phone);
    assertThat(conversationOf("Second " + phone)).isNotEqualTo(first);
    text(phone, "Third " + phone);
    assertThat(conversationOf("Third " + phone)).isEqualTo(conversationOf("Second " + phone));
    assertThat(messages(" new ")).isEmpty();
    assertThat(messages("new")).isEmpty();
  }

  @Test
  void twilio_may_repeat_a_command() {
    link(phone, ann);
    Twilio begin = Twilio.sms("NEW").from(phone);
    IntStream.range(0, 6).parallel().forEach(turn -> begin.arrives().then().statusCode(200));
    text(phone, "In the new one " + phone);
    String conversation = conversationOf("In the new one " + phone);
    begin.arrives().then().body(containsString("your next text begins it"));
    text(phone, "Still there " + phone);
    assertThat(conversationOf("Still there " + phone)).isEqualTo(conversation);
  }

  @Test
  void a_list_has_the_last_five_titles_and_a_number_goes_on_in_one() {
    link(phone, ann);
    String said = list("One", "Two", "Три 🚂", "الرابعة", "Five\n<Message>&", "Six");
    assertThat(said)
        .contains("1 Six", "3 الرابعة", "4 Три ", "5 Two", "2 Five &lt;Message&gt;&amp;")
        .doesNotContain("One");
    text(phone, "४").then().body(containsString("Три"));
    text(phone, "Into the fourth " + phone);
    assertThat(
            libreChat.conversationOf(conversationOf("Into the fourth " + phone)).getString("title"))
        .isEqualTo("Три 🚂");
  }

  @Test
  void titles_in_a_list_are_short_and_of_one_line() {
    link(phone, ann);
    String said =
        list(
            "\u202e" + "x".repeat(500),
            "👨‍👩‍👧‍👦".repeat(50),
            "e" + "\u0301".repeat(900),
            "",
            " \n");
    assertThat(said.length()).isLessThan(700);
    assertThat(said).doesNotContain("\u202e").contains("(no title)");
  }

  @Test
  void without_a_list_or_after_it_a_number_is_an_ordinary_text() {
    link(phone, ann);
    text(phone, "3");
    await()
        .until(
            () ->
                libreChat
                        .collection("messages")
                        .countDocuments(
                            Filters.and(Filters.eq("text", "3"), Filters.eq("user", ann)))
                    == 1);
    list("A");
    text(phone, "4");
    await()
        .until(
            () ->
                libreChat
                        .collection("messages")
                        .countDocuments(
                            Filters.and(Filters.eq("text", "4"), Filters.eq("user", ann)))
                    == 1);
    libreChat
        .collection("switchboard_phones")
        .updateOne(
            Filters.eq("number", phone),
            Updates.set("listedUntil", Date.from(Instant.now().minusSeconds(1))));
    text(phone, "1");
    await()
        .until(
            () ->
                libreChat
                        .collection("messages")
                        .countDocuments(
                            Filters.and(Filters.eq("text", "1"), Filters.eq("user", ann)))
                    == 1);
  }

  @Test
  void a_conversation_of_the_list_that_is_gone_is_named_so() {
    link(phone, ann);
    list("Gone soon");
    libreChat.collection("conversations").deleteMany(Filters.eq("user", ann));
    text(phone, "1").then().body(containsString("is gone"));
  }

  @Test
  void a_list_shows_nobody_elses_and_nothing_that_the_sidebar_hides() {
    link(phone, ann);
    libreChat.conversation(bob, new Document("title", "Bob's"));
    libreChat.conversation(ann, new Document("title", "Archived").append("isArchived", true));
    libreChat.conversation(ann, new Document("title", "Temporary").append("isTemporary", true));
    libreChat.conversation(
        ann, new Document("title", "Thread").append("subagentThread", new Document("a", 1)));
    assertThat(list("Mine"))
        .contains("1 Mine")
        .doesNotContain("Bob", "Archived", "Temporary", "Thread");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NEW", "LIST", "1", "UNLINK", "COMMANDS"})
  void a_strangers_command_is_a_message(String words) {
    text(phone, words);
    await()
        .until(
            () ->
                libreChat
                        .collection("messages")
                        .countDocuments(
                            Filters.and(
                                Filters.eq("text", words),
                                Filters.eq("metadata.phoneNumber", phone)))
                    == 1);
  }

  @Test
  void a_word_in_a_sentence_is_no_command_and_stop_stays_stop() {
    link(phone, ann);
    text(phone, "new shoes " + phone);
    message("new shoes " + phone);
    text(phone, "STOP").then().body(not(containsString("Message")));
    text(phone, "LIST").then().body(not(containsString("Message")));
  }

  @Test
  void help_is_twilios_and_our_words_have_a_name_of_their_own() {
    link(phone, ann);
    text(phone, "HELP").then().body(not(containsString("Message")));
    text(phone, "commands").then().body(containsString("NEW: a new conversation"));
  }
}
