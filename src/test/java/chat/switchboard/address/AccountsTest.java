package chat.switchboard.address;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import chat.switchboard.feed.SeenMessageListener;
import chat.switchboard.librechat.Message;
import chat.switchboard.support.FakeTwilio;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.Said;
import chat.switchboard.support.SendingSettings;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.util.ArrayList;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A person is the same person at every door, under each name that Twilio uses. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(AccountsTest.Sending.class)
class AccountsTest {

  private static final String OURS = "+15557654321";

  /** Texts go out, and the owner's and the group's words go to the phones. */
  public static class Sending implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return SendingSettings.with(
          "switchboard.forward-owner", "true",
          "switchboard.groups.relay", "true",
          "switchboard.limits.sms-per-minute", "5",
          "switchboard.spend.countries", "*");
    }
  }

  private static FakeTwilio twilio;

  @BeforeAll
  static void listen() {
    twilio = FakeTwilio.startReserved();
  }

  @AfterAll
  static void hangUp() {
    twilio.close();
  }

  @Inject SeenMessageListener listener;
  @Inject Vertx vertx;

  private final LibreChat libreChat = new LibreChat();
  private final String digits = digits(8);
  private String owner;

  @BeforeEach
  void anOwner() {
    owner = libreChat.owner();
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+1555#",
        "whatsapp:+1555#",
        "whatsapp:+52155#",
        "whatsapp:+5255#",
        "whatsapp:US.134912086#",
        "whatsapp:US.ENT.134912086#",
        "rcs:+1555#",
        "rcs:brand_#",
        "#5",
        "Pizza #4",
        "pizza#4",
        "messenger:#",
        "sip:+1202#@sip.example.com",
        "client:+1202#-ann",
        "ann#@example.com",
        "+379#",
        "+1#"
      })
  void every_sender_is_found_and_removed_under_twilios_name(String form) {
    String name =
        form.equals("#5")
            ? "6" + digits.substring(0, 6)
            : form.replace("+1555#", "+1555" + digits.substring(0, 7))
                .replace("#4", digits.substring(0, 4))
                .replace("#", digits);
    Twilio.sms("Hello").from(name).arrives().then().statusCode(200);
    String conversation = mapping(name).getString("conversationId");
    find(name).then().statusCode(200).body("items.conversationId", equalTo(List.of(conversation)));
    forget(name).then().statusCode(200).body("mappings", equalTo(1)).body("inbox", equalTo(1));
    assertThat(mapping(name)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "whatsapp:+52155#",
        "whatsapp:US.134912086#",
        "rcs:brand_#",
        "Pizza #4",
        "sip:+1202#@sip.example.com"
      })
  void every_sender_can_be_mapped_and_injected_for_by_a_program(String form) {
    String name = form.replace("#4", digits.substring(0, 4)).replace("#", digits);
    String conversation = libreChat.conversation(owner);
    map(name, conversation).then().statusCode(201).body("phoneNumber", equalTo(name));
    external(name).then().statusCode(201).body("conversationId", equalTo(conversation));
    find(name).then().body("items", hasSize(1));
    api()
        .urlEncodingEnabled(true)
        .delete("/api/people/{name}", name)
        .then()
        .statusCode(200)
        .body("mappings", equalTo(1))
        .body("codes", equalTo(1));
  }

  @ParameterizedTest
  @CsvSource({
    "+5255#, +52155#",
    "+52155#, +5255#",
    "+55418#, +554198#",
    "+554198#, +55418#",
    "+5411#, +54911#",
    "+2290199#, +22999#",
    "+2250747#, +22547#"
  })
  void two_spellings_on_whatsapp_are_one_person(String first, String second) {
    boolean brazil = first.startsWith("+55");
    boolean african = first.startsWith("+22");
    String tail = brazil ? digits.substring(1) : african ? digits.substring(2) : digits;
    String one = "whatsapp:" + first.replace("#", tail);
    String other = "whatsapp:" + second.replace("#", tail);
    String conversation = libreChat.conversation(owner);
    map(one, conversation).then().statusCode(201);
    Twilio.sms("Hello").from(other).arrives().then().statusCode(200);
    assertThat(libreChat.lastMessage(conversation, owner)).containsEntry("text", "Hello");
    // Found under both, and one mapping; texts go to the name that was used last.
    find(one).then().body("items", hasSize(1)).body("items[0].phoneNumber", equalTo(other));
    find(other).then().body("items", hasSize(1));
    map(one, conversation).then().statusCode(201);
    find(other).then().body("items", hasSize(1)).body("total", equalTo(1));
    external(one).then().statusCode(201).body("conversationId", equalTo(conversation));
    // A STOP in one spelling holds for the other, and so does a START.
    Twilio.sms("Stop.").from(other).arrives().then().statusCode(200);
    send(one, conversation).then().statusCode(409).body("error", containsString("blocked"));
    send(other, conversation).then().statusCode(409);
    Twilio.sms("START").from(one).arrives();
    send(other, conversation).then().statusCode(202);
    Twilio.sms("STOP").from(one).arrives();
    forget(other).then().body("mappings", equalTo(1)).body("optOuts", equalTo(2));
    find(one).then().body("items", hasSize(0));
    send(other, conversation).then().statusCode(409);
    send(one, conversation).then().statusCode(409);
  }

  @Test
  void by_sms_the_same_digits_are_two_people() {
    String one = "+5255" + digits;
    String other = "+52155" + digits;
    Twilio.sms("Hello").from(one).arrives();
    Twilio.sms("Hello").from(other).arrives();
    assertThat(mapping(one).getString("conversationId"))
        .isNotEqualTo(mapping(other).getString("conversationId"));
  }

  @Test
  void the_name_that_matches_exactly_comes_before_the_other_spelling() {
    String one = "whatsapp:+5255" + digits;
    String other = "whatsapp:+52155" + digits;
    String first = libreChat.conversation(owner);
    map(one, first);
    String second = libreChat.conversation(owner);
    Document old = new Document(mapping(one));
    old.append("_id", UUID.randomUUID().toString())
        .append("phoneNumber", other)
        .append("conversationId", second);
    old.remove("code");
    libreChat.collection("switchboard_mappings").insertOne(old);
    Twilio.sms("One").from(one).arrives();
    Twilio.sms("Other").from(other).arrives();
    assertThat(libreChat.lastMessage(first, owner)).containsEntry("text", "One");
    assertThat(libreChat.lastMessage(second, owner)).containsEntry("text", "Other");
  }

  @Test
  void first_texts_in_both_spellings_at_once_are_one_conversation() {
    String one = "whatsapp:+55418" + digits.substring(1);
    String other = "whatsapp:+554198" + digits.substring(1);
    IntStream.range(0, 12)
        .parallel()
        .forEach(
            i ->
                Twilio.sms("Text " + i)
                    .from(i % 2 == 0 ? one : other)
                    .arrives()
                    .then()
                    .statusCode(200));
    find(one).then().body("items", hasSize(1));
    String conversation = find(other).path("items[0].conversationId");
    await().until(() -> libreChat.messages(conversation, owner).size() == 12);
  }

  @Test
  void an_older_mapping_of_a_stranger_heals_under_the_other_spelling() {
    String one = "whatsapp:+5255" + digits;
    Twilio.sms("One").from(one).arrives();
    String gone = mapping(one).getString("conversationId");
    libreChat.collection("conversations").deleteOne(new Document("conversationId", gone));
    String other = "whatsapp:+52155" + digits;
    Twilio.sms("Two").from(other).arrives();
    find(one).then().body("items", hasSize(1));
    String next = find(one).path("items[0].conversationId");
    assertThat(next).isNotEqualTo(gone);
    assertThat(libreChat.lastMessage(next, owner)).containsEntry("text", "Two");
  }

  @Test
  void a_user_id_that_twilio_names_beside_a_number_is_the_same_person() {
    String number = "whatsapp:+1555" + digits.substring(1);
    String userId = "US.1349120865" + digits;
    String conversation = libreChat.conversation(owner);
    map(number, conversation).then().statusCode(201);
    Twilio.sms("By number").from(number).with("ExternalUserId", userId).arrives();
    Twilio.sms("By user ID").from("whatsapp:" + userId).arrives().then().statusCode(200);
    assertThat(libreChat.lastMessage(conversation, owner)).containsEntry("text", "By user ID");
    find(number)
        .then()
        .body("items", hasSize(1))
        .body("items[0].phoneNumber", equalTo("whatsapp:" + userId));
    Twilio.sms("STOP").from("whatsapp:" + userId).arrives();
    send(number, conversation).then().statusCode(409);
    Twilio.sms("Start").from(number).arrives();
    send(number, conversation).then().statusCode(202);
    send("whatsapp:" + userId, conversation).then().statusCode(202);
    // Back under the number: still the same conversation.
    Twilio.sms("By number again").from(number).arrives();
    assertThat(libreChat.lastMessage(conversation, owner)).containsEntry("text", "By number again");
    forget(number).then().body("mappings", equalTo(1));
    for (String collection : List.of("mappings", "inbox", "outbox", "user_ids", "replies")) {
      assertThat(
              libreChat
                  .collection("switchboard_" + collection)
                  .find()
                  .into(new ArrayList<>())
                  .toString())
          .as(collection)
          .doesNotContain(digits);
    }
  }

  @Test
  void a_user_id_that_was_cut_from_a_recorded_body_ties_nothing() {
    String number = "whatsapp:+1555" + digits.substring(1);
    String userId = "US.1349120865" + digits;
    Twilio genuine = Twilio.sms("Hello ExternalUserId" + userId).from(number);
    genuine.arrives().then().statusCode(200);
    Twilio.sms("Hello ")
        .from(number)
        .sid(genuine.field("MessageSid"))
        .with("ExternalUserId", userId)
        .withSignature(genuine.signature())
        .arrives()
        .then()
        .statusCode(200);
    assertThat(
            libreChat
                .collection("switchboard_user_ids")
                .countDocuments(new Document("_id", "whatsapp:" + userId)))
        .isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "US.", "+15551234567", "us.123", "US.1349 12", "$where"})
  void a_value_that_is_not_a_user_id_ties_no_accounts(String externalUserId) {
    String number = "whatsapp:+1555" + digits.substring(1);
    Twilio.sms("x").from(number).with("ExternalUserId", externalUserId).arrives();
    assertThat(
            libreChat
                .collection("switchboard_user_ids")
                .countDocuments(new Document("phoneNumber", number)))
        .isZero();
  }

  @Test
  void a_stop_by_sms_holds_for_rcs_of_the_same_number_and_the_other_way_round() {
    String conversation = libreChat.conversation(owner);
    String person = "+1555" + digits.substring(1);
    Twilio.sms("ＳＴＯＰ").from(person).to(OURS).arrives();
    send("rcs:" + person, conversation).then().statusCode(409);
    send(person, conversation).then().statusCode(409);
    send("whatsapp:" + person, conversation).then().statusCode(202);
    Twilio.sms("START").from("rcs:" + person).to("rcs:brand_agent").arrives();
    // The START came to the agent and not to the number that was stopped.
    send(person, conversation).then().statusCode(409);
    Twilio.sms("START").from(person).to(OURS).arrives();
    send("rcs:" + person, conversation).then().statusCode(202);

    Twilio.sms("STOP").from("rcs:" + person).to("rcs:brand_agent").arrives();
    send(person, conversation).then().statusCode(409);
    send("rcs:" + person, conversation, "rcs:brand_agent").then().statusCode(409);
    Twilio.sms("START").from(person).to(OURS).arrives();
    send("rcs:" + person, conversation, "rcs:brand_agent").then().statusCode(202);
    send(person, conversation).then().statusCode(202);
  }

  @Test
  void a_plain_number_is_forgotten_on_every_channel() {
    String person = "+1555" + digits.substring(1);
    for (String name : List.of(person, "whatsapp:" + person, "rcs:" + person)) {
      Twilio.sms("Hello").from(name).arrives();
    }
    forget("whatsapp:" + person).then().body("mappings", equalTo(1));
    Twilio.sms("Hello").from("whatsapp:" + person).arrives();
    forget(person).then().statusCode(200).body("mappings", equalTo(3)).body("inbox", equalTo(3));
    forget(person).then().statusCode(200).body("mappings", equalTo(0));
    forget("CALL-ME").then().statusCode(400).body("error", containsString("phoneNumber must be"));
    api().body("{}").post("/api/people/forget").then().statusCode(400);
    given()
        .contentType(ContentType.JSON)
        .body("{\"phoneNumber\":\"+15551234567\"}")
        .post("/api/people/forget")
        .then()
        .statusCode(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"whatsapp:US.134912086#", "6#", "Pizza#4", "sip:+1202#@sip.example.com"})
  void the_owners_words_go_out_or_are_shown_as_failed(String form) {
    String name =
        form.equals("6#")
            ? "6" + digits.substring(0, 6)
            : form.replace("#4", digits.substring(0, 4)).replace("#", digits);
    String conversation = libreChat.conversation(owner);
    Twilio.sms("Hello").from(name).to(OURS).arrives();
    conversation = mapping(name).getString("conversationId");
    see(typed(conversation, "We are on our way."));
    Document text = await().until(() -> outbox(name), found -> found != null);
    assertThat(text.getString("phoneNumber")).isEqualTo(name);
    if (name.startsWith("whatsapp:")) {
      await().until(() -> twilio.taken(name).size() == 1);
      assertThat(twilio.taken(name).get(0).form())
          .containsEntry("To", name)
          .containsEntry("From", "whatsapp:" + OURS)
          .containsEntry("Body", "We are on our way.");
    } else {
      assertThat(text.getString("state")).isEqualTo("FAILED");
      assertThat(text.getString("cause")).isEqualTo(PhoneAddress.of(name).unreachable().get());
      assertThat(twilio.requests(name)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"6#", "Pizza#", "rcs:brand_#"})
  void texts_to_a_conversation_and_in_a_group_are_shown_as_failed(String form) {
    String name = form.replace("#", digits.substring(0, 6));
    String conversation = libreChat.conversation(owner);
    map(name, conversation).then().statusCode(201);
    api()
        .body("{\"text\":\"Hello all\"}")
        .post("/api/sms/conversations/" + conversation)
        .then()
        .statusCode(202)
        .body("people[0].status", equalTo("failed"))
        .body("people[0].error", equalTo(PhoneAddress.of(name).unreachable().get()));
    send(name, conversation).then().statusCode(202).body("status", equalTo("failed"));
    String friend = "+1555" + digits.substring(1);
    map(friend, conversation).then().statusCode(201);
    Twilio.sms("From a friend").from(friend).arrives();
    await()
        .until(
            () ->
                libreChat
                        .collection("switchboard_outbox")
                        .countDocuments(
                            new Document("phoneNumber", name)
                                .append("state", "FAILED")
                                .append("body", new Document("$regex", "From a friend")))
                    == 1);
    assertThat(twilio.requests(name)).isEmpty();
  }

  @Test
  void a_group_hears_each_text_once_in_whatever_spelling() {
    String one = "whatsapp:+5255" + digits;
    String other = "whatsapp:+52155" + digits;
    String friend = "+1555" + digits.substring(1);
    String conversation = libreChat.conversation(owner);
    map(one, conversation);
    map(friend, conversation);
    Twilio.sms("From the friend").from(friend).arrives();
    await().until(() -> twilio.taken(one).size() == 1);
    Twilio.sms("From the other spelling").from(other).arrives();
    await().until(() -> twilio.taken(friend).size() == 1);
    assertThat(twilio.taken(one)).hasSize(1);
    assertThat(twilio.taken(other)).isEmpty();
    // The person is answered under the name that was used last.
    Twilio.sms("Again").from(friend).arrives();
    await().until(() -> twilio.taken(other).size() == 1);
  }

  @Test
  void the_limit_of_a_sender_counts_both_spellings() {
    String one = "whatsapp:+5255" + digits;
    String other = "whatsapp:+52155" + digits;
    for (int i = 0; i < 5; i++) {
      Twilio.sms("A7C4K" + (i + 2)).from(i % 2 == 0 ? one : other).arrives();
    }
    // The sixth within a minute is over the limit of answers, and of wrong codes.
    String code = map("+1555" + digits.substring(1), libreChat.conversation(owner)).path("code");
    Twilio.sms(code).from(other).arrives().then().body("Response", equalTo(""));
    assertThat(find(one).<String>path("items[0].conversationId"))
        .isNotEqualTo(find("+1555" + digits.substring(1)).path("items[0].conversationId"));
  }

  @Test
  void a_text_that_asks_to_stop_is_stored_and_not_answered() {
    String person = "+1555" + digits.substring(1);
    Twilio.sms("stop please")
        .from(person)
        .arrives()
        .then()
        .statusCode(200)
        .body("Response", equalTo(""));
    String conversation = mapping(person).getString("conversationId");
    assertThat(libreChat.lastMessage(conversation, owner)).containsEntry("text", "stop please");
    send(person, conversation).then().statusCode(202);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+1 555 1234", "+15551234", "whatsapp:+1 555 1234", "+379123456789"})
  void an_incomplete_number_is_refused_with_a_sentence(String typed) {
    String conversation = libreChat.conversation(owner);
    send(typed, conversation).then().statusCode(400).body("error", containsString("to must be"));
    map(typed, conversation).then().statusCode(400).body("error", containsString("phoneNumber"));
    external(typed).then().statusCode(400).body("error", containsString("from must be"));
    find(typed).then().statusCode(400);
    forget(typed).then().statusCode(400);
  }

  @Test
  void a_pasted_number_is_taken() {
    String person = "+1555" + digits.substring(1);
    String pasted =
        "\u202A+1\u00A0555\u2011"
            + digits.substring(1, 4)
            + "\u2011"
            + digits.substring(4)
            + "\u202C";
    Response sent = send(pasted, libreChat.conversation(owner));
    sent.then().statusCode(202);
    find(pasted).then().body("items[0].phoneNumber", equalTo(person));
  }

  private static String digits(int count) {
    return ThreadLocalRandom.current()
        .ints(count, 2, 9)
        .mapToObj(Integer::toString)
        .collect(java.util.stream.Collectors.joining());
  }

  private Document mapping(String name) {
    return libreChat
        .collection("switchboard_mappings")
        .find(new Document("phoneNumber", name))
        .first();
  }

  private Document outbox(String name) {
    return libreChat
        .collection("switchboard_outbox")
        .find(new Document("phoneNumber", name))
        .first();
  }

  private static RequestSpecification api() {
    return given().header("X-API-Key", TestDatabase.API_KEY).contentType(ContentType.JSON);
  }

  private static Response find(String name) {
    return api().queryParam("phoneNumber", name).get("/api/mappings");
  }

  private static Response forget(String name) {
    return api().body(new Document("phoneNumber", name).toJson()).post("/api/people/forget");
  }

  private static Response map(String name, String conversation) {
    return api()
        .body(new Document("phoneNumber", name).append("conversationId", conversation).toJson())
        .post("/api/mappings");
  }

  private static Response external(String name) {
    return api()
        .body(new Document("role", "external").append("content", "x").append("from", name).toJson())
        .post("/api/messages/external");
  }

  private static Response send(String name, String conversation, String... from) {
    Document body =
        new Document("to", name).append("conversationId", conversation).append("text", "Hi");
    if (from.length > 0) {
      body.append("from", from[0]);
    }
    return api().body(body.toJson()).post("/api/sms");
  }

  private Message typed(String conversation, String text) {
    Message message = new Message();
    message.messageId = UUID.randomUUID().toString();
    message.conversationId = conversation;
    message.user = owner;
    message.createdByUser = true;
    message.text = text;
    message.createdAt = new Date();
    return message;
  }

  private void see(Message message) {
    Said.see(listener, vertx, message);
  }
}
