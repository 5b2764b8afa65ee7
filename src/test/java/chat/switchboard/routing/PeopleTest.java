package chat.switchboard.routing;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mappings, codes, groups and recovery, through the doors, as a person with a phone uses them. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(PeopleTest.Desks.class)
class PeopleTest {

  private static final String SHOP = "+15550009001";
  private static final String CLUB = "+15550009002";
  private static final String CLOSED = "+15550009003";

  /** Three of our numbers, and a group that hears what its members write. */
  public static class Desks implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "switchboard.numbers.\"" + SHOP + "\".owner",
          "shop@example.com",
          "switchboard.numbers.\"" + SHOP + "\".endpoint",
          "agents",
          "switchboard.numbers.\"" + SHOP + "\".agent-id",
          "agent_shop",
          "switchboard.numbers.\"" + SHOP + "\".title",
          "Shop: {from}",
          "switchboard.numbers.\"" + CLUB + "\".strangers",
          "pair",
          "switchboard.numbers.\"" + CLOSED + "\".strangers",
          "reject",
          "switchboard.groups.relay",
          "true");
    }

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
      return Set.of(SentTexts.class);
    }
  }

  /** Stands for whatever sends texts. */
  @Alternative
  @ApplicationScoped
  public static class SentTexts implements Texts {
    static final List<String> SENT = new CopyOnWriteArrayList<>();

    @Override
    public Uni<Void> send(GroupText text) {
      SENT.add(text.from() + " > " + text.to() + ": " + text.text());
      return Uni.createFrom().voidItem();
    }
  }

  @Inject Cleanup cleanup;

  private final LibreChat libreChat = new LibreChat();
  private String owner;
  private String number;

  @BeforeEach
  void aPhone() {
    owner = libreChat.owner();
    number = newNumber();
    SentTexts.SENT.clear();
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void the_story_of_a_phone() {
    // Unknown: a new conversation, and the notice.
    Twilio.sms("Hello?")
        .from(number)
        .arrives()
        .then()
        .body("Response.Message", containsString("reply with its code"));
    String first = active(number);

    // A code from another conversation: linked, told where, and the text goes in.
    String other = libreChat.conversation(owner);
    String code = map(newNumber(), other).path("code");
    Twilio.sms(code.toLowerCase(java.util.Locale.ROOT) + " here I am")
        .from(number)
        .arrives()
        .then()
        .body("Response.Message", equalTo("You are now in: Somewhat older"));
    assertThat(active(number)).isEqualTo(other);
    assertThat(last(other)).containsEntry("text", "here I am");
    Twilio.sms("And more").from(number).arrives().then().body("Response", equalTo(""));
    assertThat(last(other)).containsEntry("text", "And more");
    assertThat(libreChat.messages(first, owner)).hasSize(1);

    // The mapping is lost: a new conversation, and the code leads back to where it was.
    mappings(number).forEach(one -> authorized().delete("/api/mappings/" + one.getString("_id")));
    Twilio.sms("Where am I?")
        .from(number)
        .arrives()
        .then()
        .body("Response.Message", containsString("new conversation"));
    String lost = active(number);
    assertThat(lost).isNotIn(first, other);
    Twilio.sms(code)
        .from(number)
        .arrives()
        .then()
        .body("Response.Message", containsString("older"));
    Twilio.sms("Back again").from(number).arrives();
    assertThat(active(number)).isEqualTo(other);
    assertThat(last(other)).containsEntry("text", "Back again");
    assertThat(libreChat.messages(lost, owner)).hasSize(1);
  }

  @Test
  void a_code_alone_puts_nothing_into_the_conversation() {
    String conversation = libreChat.conversation(owner);
    String code = map(newNumber(), conversation).path("code");
    Twilio sms = Twilio.sms(" " + code.substring(0, 3) + " " + code.substring(3)).from(number);
    sms.arrives().then().statusCode(200).body("Response.Message", containsString("You are now in"));
    assertThat(libreChat.messages(conversation, owner)).hasSize(2);
    // Twilio brings it again: nothing more happens, and nothing more is said.
    sms.arrives().then().statusCode(200).body("Response", equalTo(""));
  }

  @Test
  void a_wrong_code_is_answered_and_the_words_are_kept() {
    Twilio.sms("Hello").from(number).arrives();
    Twilio.sms("A7C4KX is what I have")
        .from(number)
        .arrives()
        .then()
        .body("Response.Message", containsString("unknown or has expired"));
    assertThat(last(active(number))).containsEntry("text", "A7C4KX is what I have");
  }

  @Test
  void an_expired_code_is_a_wrong_one() {
    String conversation = libreChat.conversation(owner);
    Response mapping = map(newNumber(), conversation);
    libreChat
        .collection("switchboard_mappings")
        .updateOne(
            new Document("_id", mapping.path("id")),
            new Document("$set", new Document("codeExpiresAt", new Date(0))));
    Twilio.sms(mapping.<String>path("code") + " hi").from(number).arrives();
    assertThat(active(number)).isNotEqualTo(conversation);
  }

  @Test
  void after_five_wrong_codes_in_an_hour_no_code_is_looked_at() {
    String conversation = libreChat.conversation(owner);
    String code = map(newNumber(), conversation).path("code");
    for (int i = 0; i < 5; i++) {
      Twilio.sms("A7C4K" + (i + 2)).from(number).arrives();
    }
    Twilio.sms(code)
        .from(number)
        .arrives()
        .then()
        .body("Response.Message", containsString("Too many wrong codes"));
    assertThat(active(number)).isNotEqualTo(conversation);
    assertThat(last(active(number))).containsEntry("text", code);
    // Another phone is not held back by that.
    String friend = newNumber();
    Twilio.sms(code).from(friend).arrives();
    assertThat(active(friend)).isEqualTo(conversation);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Apt 237", "CR7 8HP", "K2P 4R7", "apt-237", "A\u00A07C 4KX", "23 Apt Rd"})
  void a_text_that_only_looks_like_a_code_is_an_ordinary_text(String text) {
    String conversation = libreChat.conversation(owner);
    String code = map(newNumber(), conversation).path("code");
    Twilio.sms("Hello").from(number).arrives();
    for (int i = 0; i < 6; i++) {
      Twilio.sms(text).from(number).arrives().then().statusCode(200).body("Response", equalTo(""));
    }
    assertThat(last(active(number))).containsEntry("text", text);
    // A live code is a code in either form.
    Twilio.sms(code.substring(0, 3) + " " + code.substring(3).toLowerCase(Locale.ROOT))
        .from(number)
        .arrives()
        .then()
        .body("Response.Message", containsString("You are now in"));
    assertThat(active(number)).isEqualTo(conversation);
  }

  @Test
  void codes_cannot_be_guessed_with_gaps() {
    String conversation = libreChat.conversation(owner);
    String code = map(newNumber(), conversation).path("code");
    for (int i = 0; i < 20; i++) {
      Twilio.sms("A2C " + (i % 8 + 2) + "K" + (i / 8 + 2)).from(number).arrives();
    }
    Twilio.sms(code.substring(0, 3) + " " + code.substring(3)).from(number).arrives();
    assertThat(active(number)).isNotEqualTo(conversation);
    Twilio.sms(code).from(number).arrives();
    assertThat(active(number)).isEqualTo(conversation);
  }

  @Test
  void where_a_code_is_needed_too_many_wrong_ones_are_said() {
    for (int i = 0; i < 5; i++) {
      Twilio.sms("A7C4K" + (i + 2)).from(number).to(CLUB).arrives();
    }
    Twilio.sms("A7C4K7")
        .from(number)
        .to(CLUB)
        .arrives()
        .then()
        .body("Response.Message", containsString("Too many wrong codes"));
  }

  @Test
  void the_database_has_no_code_in_it() {
    String code = map(number, libreChat.conversation(owner)).path("code");
    libreChat
        .collection("switchboard_mappings")
        .find()
        .forEach(one -> assertThat(one.toJson()).doesNotContain(code));
  }

  @Test
  void a_deleted_conversation_or_a_lost_owner_heals() {
    Twilio.sms("One").from(number).arrives();
    String gone = active(number);
    libreChat.collection("conversations").deleteOne(new Document("conversationId", gone));
    Twilio.sms("Two")
        .from(number)
        .arrives()
        .then()
        .body("Response.Message", containsString("new conversation"));
    assertThat(active(number)).isNotEqualTo(gone);
    assertThat(last(active(number))).containsEntry("text", "Two");

    String guest = libreChat.user();
    map(number, libreChat.conversation(guest)).then().statusCode(201);
    libreChat.collection("users").deleteOne(new Document("_id", new ObjectId(guest)));
    Twilio.sms("Three").from(number).arrives().then().statusCode(200);
    assertThat(last(active(number))).containsEntry("text", "Three");
    assertThat(libreChat.conversationOf(active(number))).containsEntry("user", owner);
  }

  @Test
  void in_a_group_each_message_shows_who_wrote_it_and_the_others_hear_it() {
    String conversation = libreChat.conversation(owner);
    String ada = newNumber();
    String bob = newNumber();
    map(ada, conversation, "\"label\":\"Ada\",\"serviceNumber\":\"+15557654321\"");
    String code = map(bob, conversation, "\"serviceNumber\":\"+15557654321\"").path("code");
    Twilio.sms(code + " me too").from(number).arrives();
    Twilio.sms("I am Ada").from(ada).arrives();
    assertThat(last(conversation)).containsEntry("sender", "Ada").containsEntry("text", "I am Ada");
    Twilio.sms("I am Bob").from(bob).arrives();
    assertThat(last(conversation).getString("sender"))
        .startsWith("SMS +1••••••")
        .endsWith(bob.substring(8));
    org.awaitility.Awaitility.await().until(() -> SentTexts.SENT.size() == 6);
    assertThat(SentTexts.SENT)
        .contains("+15557654321 > " + bob + ": Ada: I am Ada")
        .contains("+15557654321 > " + number + ": Ada: I am Ada")
        .noneMatch(sent -> sent.contains("> " + ada + ": Ada"));
  }

  @Test
  void the_others_in_a_group_get_the_words_as_they_were_written() {
    String conversation = libreChat.conversation(owner);
    String ada = newNumber();
    map(ada, conversation, "\"label\":\"Ada\",\"serviceNumber\":\"+15557654321\"");
    map(number, conversation, "\"serviceNumber\":\"+15557654321\"");
    String words = "Look: ![me](https://example.com/me.png) \\![x](y) ::: [a](b)";
    Twilio.sms(words).from(ada).arrives();
    assertThat(last(conversation).getString("text")).isNotEqualTo(words);
    org.awaitility.Awaitility.await().until(() -> !SentTexts.SENT.isEmpty());
    assertThat(SentTexts.SENT).containsExactly("+15557654321 > " + number + ": Ada: " + words);
  }

  @Test
  void a_group_of_twilios_is_one_conversation() {
    String sid = "CH" + Twilio.newSid().substring(2);
    List<String> members = List.of(number, newNumber(), newNumber());
    members.parallelStream().forEach(member -> group(sid, member, "From " + member));
    String conversation = active(number);
    assertThat(members).allSatisfy(member -> assertThat(active(member)).isEqualTo(conversation));
    assertThat(libreChat.messages(conversation, owner)).hasSize(3);
    group(sid, newNumber(), "Late").then().statusCode(200);
    assertThat(last(conversation)).containsEntry("text", "Late");
    // A plain text of the same person is another matter.
    Twilio.sms("Alone").from(newNumber()).arrives();
    assertThat(libreChat.messages(conversation, owner)).hasSize(4);
  }

  @Test
  void other_events_of_a_twilio_conversation_are_not_messages() {
    Twilio.webhook()
        .with("EventType", "onParticipantAdded")
        .with("ConversationSid", "CH1")
        .with("AccountSid", Twilio.ACCOUNT)
        .arrives()
        .then()
        .statusCode(200);
    Twilio.webhook()
        .with("EventType", "onMessageAdded")
        .with("ConversationSid", "CH1")
        .with("MessageSid", Twilio.newSid())
        .with("Author", number)
        .with("Source", "API")
        .with("Body", "Our own echo")
        .arrives()
        .then()
        .statusCode(200);
    assertThat(mappings(number)).isEmpty();
  }

  @Test
  void each_of_our_numbers_has_its_own_owner_and_agent() {
    Document shop =
        libreChat.collection("users").find(new Document("email", "shop@example.com")).first();
    if (shop == null) {
      libreChat
          .collection("users")
          .insertOne(new Document("email", "shop@example.com").append("name", "Shop"));
    }
    Twilio.sms("Open?").from(number).to(SHOP).arrives().then().statusCode(200);
    Document conversation = libreChat.conversationOf(active(number));
    assertThat(conversation)
        .containsEntry("endpoint", "agents")
        .containsEntry("agent_id", "agent_shop");
    assertThat(conversation.getString("title")).startsWith("Shop: +1••••••");
    assertThat(conversation.getString("user")).isNotEqualTo(owner);
  }

  @Test
  void where_a_code_is_needed_nothing_enters_before_it() {
    long before = libreChat.collection("messages").countDocuments();
    Twilio.sms("Let me in")
        .from(number)
        .to(CLUB)
        .arrives()
        .then()
        .statusCode(200)
        .body("Response.Message", containsString("first send the code"));
    assertThat(mappings(number)).isEmpty();
    assertThat(libreChat.collection("messages").countDocuments()).isEqualTo(before);
    String conversation = libreChat.conversation(owner);
    String code = map(newNumber(), conversation).path("code");
    Twilio.sms(code + " thanks").from(number).to(CLUB).arrives();
    assertThat(last(conversation)).containsEntry("text", "thanks");
    Twilio.sms("Now I am in").from(number).to(CLUB).arrives();
    assertThat(last(conversation)).containsEntry("text", "Now I am in");
  }

  @Test
  void where_strangers_are_rejected_they_hear_nothing() {
    Twilio.sms("Hi").from(number).to(CLOSED).arrives().then().body("Response", equalTo(""));
    assertThat(mappings(number)).isEmpty();
    send("\"from\":\"" + number + "\",\"to\":\"" + CLOSED + "\"")
        .then()
        .statusCode(403)
        .contentType("application/problem+json");
  }

  @Test
  void a_program_shows_the_code_beside_the_text() {
    String conversation = libreChat.conversation(owner);
    Response mapping = map(newNumber(), conversation);
    send("\"from\":\"" + number + "\",\"code\":\"" + mapping.path("code") + "\"")
        .then()
        .statusCode(201)
        .body("conversationId", equalTo(conversation))
        .body("mapping.created", equalTo(true));
    send("\"from\":\"" + number + "\"").then().body("conversationId", equalTo(conversation));
    send("\"from\":\"" + number + "\",\"code\":\"A7C4KX\"").then().statusCode(404);
    send("\"from\":\"" + number + "\",\"code\":\"A7C4\"").then().statusCode(400);
    for (int i = 0; i < 5; i++) {
      send("\"from\":\"" + number + "\",\"code\":\"A7C4KX\"");
    }
    send("\"from\":\"" + number + "\",\"code\":\"A7C4KX\"").then().statusCode(429);
  }

  @Test
  void mappings_are_made_listed_looked_at_renewed_and_removed() {
    String conversation = libreChat.conversation(owner);
    Response made = map("+1 (555) 800-" + number.substring(8), conversation, "\"label\":\"Ada\"");
    String id = made.path("id");
    String e164 = "+1555800" + number.substring(8);
    made.then()
        .statusCode(201)
        .header("Location", endsWith("/api/mappings/" + id))
        .body("phoneNumber", equalTo(e164))
        .body("conversationId", equalTo(conversation))
        .body("user", equalTo(owner))
        .body("label", equalTo("Ada"))
        .body("code", matchesPattern("[A-Z2-9]{6}"));
    authorized()
        .get("/api/mappings/" + id)
        .then()
        .statusCode(200)
        .body("id", equalTo(id))
        .body("code", nullValue());
    authorized()
        .queryParam("phoneNumber", e164)
        .get("/api/mappings")
        .then()
        .statusCode(200)
        .body("items", hasSize(1))
        .body("total", equalTo(1));
    authorized()
        .queryParam("conversationId", conversation)
        .get("/api/mappings")
        .then()
        .body("items", hasSize(1));
    String second =
        authorized()
            .post("/api/mappings/" + id + "/code")
            .then()
            .statusCode(200)
            .extract()
            .path("code");
    assertThat(second).isNotEqualTo(made.path("code"));
    Twilio.sms(made.<String>path("code")).from(number).arrives();
    assertThat(active(number)).isNotEqualTo(conversation);
    authorized().delete("/api/mappings/" + id).then().statusCode(204);
    authorized().delete("/api/mappings/" + id).then().statusCode(404);
    authorized().get("/api/mappings/" + id).then().statusCode(404);
    authorized().post("/api/mappings/" + id + "/code").then().statusCode(404);
    given().get("/api/mappings").then().statusCode(401);
  }

  @Test
  void a_mapping_that_a_stranger_got_can_be_given_a_label_and_a_code() {
    Twilio.sms("Hello").from(number).arrives();
    Document own = mappings(number).get(0);
    map(
            number,
            own.getString("conversationId"),
            "\"serviceNumber\":\"+15557654321\",\"label\":\"Ada\"")
        .then()
        .statusCode(201)
        .body("id", equalTo(own.getString("_id")))
        .body("label", equalTo("Ada"));
    assertThat(mappings(number)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"phoneNumber\":\"+15551234567\"}",
        "{\"phoneNumber\":\"CALL-ME\",\"conversationId\":\"c0ffee00-0000-4000-8000-000000000000\"}",
        "{\"phoneNumber\":\"+1555CALLME\",\"conversationId\":\"c0ffee00-0000-4000-8000-000000000000\"}",
        "{\"phoneNumber\":\"+15551234567\",\"conversationId\":\"none\"}",
        "{\"phoneNumber\":5,\"conversationId\":\"c0ffee00-0000-4000-8000-000000000000\"}"
      })
  void a_wrong_mapping_is_refused(String body) {
    authorized()
        .contentType(ContentType.JSON)
        .body(body)
        .post("/api/mappings")
        .then()
        .statusCode(400)
        .contentType("application/problem+json");
  }

  @Test
  void a_mapping_to_no_conversation_is_refused() {
    map(number, "c0ffee00-0000-4000-8000-00000000dead").then().statusCode(404);
  }

  @Test
  void a_person_is_forgotten() {
    map(number, libreChat.conversation(owner));
    Twilio.sms("Forget me").from(number).arrives();
    authorized()
        .delete("/api/people/" + number)
        .then()
        .statusCode(200)
        .body("mappings", equalTo(1))
        .body("codes", equalTo(1))
        .body("inbox", equalTo(1));
    assertThat(mappings(number)).isEmpty();
    assertThat(
            libreChat
                .collection("switchboard_inbox")
                .countDocuments(new Document("phoneNumber", number)))
        .isZero();
    authorized().delete("/api/people/nobody").then().statusCode(400);
    authorized().delete("/api/people/" + number).then().body("mappings", equalTo(0));
  }

  @Test
  void mappings_that_nobody_uses_and_codes_that_have_expired_are_removed() {
    String old = map(newNumber(), libreChat.conversation(owner)).path("id");
    String expired = map(newNumber(), libreChat.conversation(owner)).path("id");
    String live = map(newNumber(), libreChat.conversation(owner)).path("id");
    set(old, new Document("lastUsed", new Date(System.currentTimeMillis() - 181L * 86_400_000)));
    set(expired, new Document("codeExpiresAt", new Date(0)));
    cleanup.clean().await().atMost(Duration.ofSeconds(60));
    authorized().get("/api/mappings/" + old).then().statusCode(404);
    authorized().get("/api/mappings/" + expired).then().body("codeExpiresAt", nullValue());
    authorized().get("/api/mappings/" + live).then().body("codeExpiresAt", matchesPattern(".+Z"));
  }

  @Test
  void a_thousand_guessed_codes_come_to_nothing() {
    String conversation = libreChat.conversation(owner);
    map(newNumber(), conversation);
    String symbols = "ACDEFHJKMNPQRTVWXY23456789";
    IntStream.range(0, 1_000)
        .forEach(
            i -> {
              StringBuilder guess = new StringBuilder("A2");
              for (int c = 0; c < 4; c++) {
                guess.append(symbols.charAt(ThreadLocalRandom.current().nextInt(symbols.length())));
              }
              send("\"from\":\"" + number + "\",\"code\":\"" + guess + "\"");
            });
    assertThat(mappings(number)).isEmpty();
    send("\"from\":\"" + number + "\",\"code\":\"A7C4KX\"").then().statusCode(429);
  }

  private void set(String id, Document changes) {
    libreChat
        .collection("switchboard_mappings")
        .updateOne(new Document("_id", id), new Document("$set", changes));
  }

  private static String newNumber() {
    return "+1555" + ThreadLocalRandom.current().nextInt(2_000_000, 7_999_999);
  }

  private static RequestSpecification authorized() {
    return given().header("X-API-Key", TestDatabase.API_KEY).urlEncodingEnabled(true);
  }

  private static Response map(String phoneNumber, String conversation, String... more) {
    return authorized()
        .contentType(ContentType.JSON)
        .body(
            "{\"phoneNumber\":\"%s\",\"conversationId\":\"%s\"%s}"
                .formatted(phoneNumber, conversation, more.length > 0 ? "," + more[0] : ""))
        .post("/api/mappings");
  }

  private static Response send(String fields) {
    return authorized()
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"," + fields + "}")
        .post("/api/messages/external");
  }

  private static Response group(String sid, String author, String text) {
    return Twilio.webhook()
        .with("EventType", "onMessageAdded")
        .with("AccountSid", Twilio.ACCOUNT)
        .with("ConversationSid", sid)
        .with("MessageSid", Twilio.newSid())
        .with("ParticipantSid", "MB1")
        .with("Author", author)
        .with("Source", "SMS")
        .with("Body", text)
        .arrives();
  }

  private List<Document> mappings(String phone) {
    return libreChat
        .collection("switchboard_mappings")
        .find(new Document("phoneNumber", phone))
        .sort(new Document("lastUsed", -1))
        .into(new ArrayList<>());
  }

  private String active(String phone) {
    return mappings(phone).get(0).getString("conversationId");
  }

  private Document last(String conversation) {
    return libreChat.lastMessage(
        conversation, libreChat.conversationOf(conversation).getString("user"));
  }
}
