package chat.switchboard.phones;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
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
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

/** Own phones through the doors: codes, links, moves, recycled numbers. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class OwnPhonesTest {

  private static final String OURS = "+15557654321";

  @Inject PhoneMoves moves;

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

  // Codes

  @Test
  void a_code_makes_the_phone_that_texts_it_the_users_phone() {
    String said = link(phone, ann);
    String email =
        libreChat
            .collection("users")
            .find(Filters.eq("_id", new ObjectId(ann)))
            .first()
            .getString("email");
    assertThat(said)
        .contains(email.charAt(0) + "***" + email.substring(email.indexOf('@')))
        .contains("UNLINK")
        .doesNotContain(email);
    operator()
        .get("/api/phones?user=" + ann)
        .then()
        .statusCode(200)
        .body("items", hasSize(1))
        .body("items[0].phoneNumber", equalTo(phone))
        .body("items[0].user", equalTo(ann))
        .body("items[0].stale", equalTo(false))
        .body("total", equalTo(1));
    Document proof = stored(phone);
    assertThat(proof.getString("proofServiceNumber")).isEqualTo(OURS);
    assertThat(proof.getString("proofMessageSid")).startsWith("SM");
  }

  @Test
  void the_code_is_stored_as_a_hash_and_becomes_no_message() {
    String code = code(ann);
    text(phone, code);
    assertThat(messages(code)).isEmpty();
    assertThat(
            libreChat
                .collection("switchboard_inbox")
                .countDocuments(Filters.eq("phoneNumber", phone)))
        .isZero();
    for (String collection : List.of("switchboard_phone_codes", "switchboard_phones")) {
      for (Document document : libreChat.collection(collection).find()) {
        assertThat(document.toJson()).doesNotContain(code).doesNotContain(code.replace("-", ""));
      }
    }
  }

  @Test
  void a_code_is_spent_once_and_useless_to_who_reads_the_text_later() {
    String code = code(ann);
    text(phone, code);
    String other = number();
    text(other, code).then().body(containsString("No phone is linked"));
    assertThat(stored(other)).isNull();
    assertThat(stored(phone).getString("user")).isEqualTo(ann);
    message(code);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "My code is %s",
        "%s is the code!",
        "code:%s",
        "Hi,\n%s\nthanks 😀",
        "%s [attachment: image/jpeg]",
        "der Code lautet „%s“ — bitte verknüpfen",
        "%s %<s"
      })
  void a_code_among_other_words_links_nothing_and_is_spent(String words) {
    String code = code(ann);
    Twilio text = Twilio.sms(words.formatted(code)).from(phone);
    text.arrives().then().body(containsString("No phone is linked"));
    text.arrives().then().statusCode(200);
    assertThat(stored(phone)).isNull();
    // The text is a message now, which its reader cannot use.
    await()
        .until(
            () ->
                libreChat.collection("messages").countDocuments(Filters.regex("text", code)) == 1);
    String reader = number();
    text(reader, code).then().body(containsString("No phone is linked"));
    assertThat(stored(reader)).isNull();
  }

  @Test
  void a_code_in_small_or_wide_letters_among_other_words_is_spent_too() {
    for (String form : List.of("small", "wide", "bare", "spaced")) {
      String code = code(libreChat.user());
      String bare = code.replace("-", "");
      String typed =
          switch (form) {
            case "small" -> code.toLowerCase(java.util.Locale.ROOT);
            case "wide" ->
                bare.chars()
                    .mapToObj(c -> String.valueOf((char) (c + 0xFEE0)))
                    .collect(java.util.stream.Collectors.joining());
            case "bare" -> bare;
            default -> String.join(" ", bare.split(""));
          };
      text(number(), "It is: " + typed + ", ok?");
      String reader = number();
      text(reader, code).then().body(containsString("No phone is linked"));
      assertThat(stored(reader)).as(form).isNull();
    }
  }

  @Test
  void a_code_behind_a_thousand_others_is_spent_too() {
    String code = code(ann);
    Random random = new Random(1);
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      words.append(ProofCode.make(random::nextInt)).append(' ');
    }
    text(phone, words + code).then().body(containsString("No phone is linked"));
    String reader = number();
    text(reader, code).then().body(containsString("No phone is linked"));
    assertThat(stored(reader)).isNull();
  }

  @Test
  void a_spent_code_does_not_link_the_phone_that_spent_it_again() {
    String code = code(ann);
    text(phone, code);
    text(phone, "UNLINK").then().body(containsString("is unlinked"));
    text(phone, code).then().body(containsString("No phone is linked"));
    assertThat(stored(phone)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"messenger:1234567890123", "sip:ann@example.com", "client:ann"})
  void an_account_that_is_no_proven_number_links_nothing_and_spends_the_code(String from) {
    String code = code(ann);
    text(from, code).then().body(not(containsString("now belongs")));
    assertThat(libreChat.collection("switchboard_phones").countDocuments(Filters.eq("user", ann)))
        .isZero();
    text(phone, code).then().body(containsString("No phone is linked"));
  }

  @Test
  void a_new_code_ends_the_older_one() {
    String old = code(ann);
    code(ann);
    text(phone, old).then().body(containsString("No phone is linked"));
    assertThat(stored(phone)).isNull();
  }

  @Test
  void an_expired_code_links_nothing() {
    String code = code(ann);
    libreChat
        .collection("switchboard_phone_codes")
        .updateMany(
            Filters.eq("user", ann),
            Updates.set("expiresAt", Date.from(Instant.now().minusSeconds(1))));
    text(phone, code).then().body(containsString("No phone is linked"));
    assertThat(stored(phone)).isNull();
  }

  @Test
  void of_two_phones_that_text_one_code_at_once_one_is_linked() {
    for (int turn = 0; turn < 10; turn++) {
      String user = libreChat.user();
      String code = code(user);
      List<String> phones = List.of(number(), number(), number());
      List<String> said = new CopyOnWriteArrayList<>();
      phones.parallelStream().forEach(one -> said.add(text(one, code).asString()));
      assertThat(said).filteredOn(one -> one.contains("now belongs")).hasSize(1);
      assertThat(phones).filteredOn(one -> stored(one) != null).hasSize(1);
    }
  }

  @Test
  void twilio_may_repeat_the_text_with_the_code_also_at_the_same_time() {
    Twilio text = Twilio.sms(code(ann)).from(phone);
    List<String> said = new CopyOnWriteArrayList<>();
    IntStream.range(0, 8).parallel().forEach(turn -> said.add(text.arrives().asString()));
    said.add(text.arrives().asString());
    assertThat(said).allMatch(one -> one.contains("now belongs"));
    assertThat(
            libreChat.collection("switchboard_phones").countDocuments(Filters.eq("number", phone)))
        .isOne();
  }

  @Test
  void a_recorded_text_does_not_move_the_number_back() {
    Twilio first = Twilio.sms(code(ann)).from(phone);
    first.arrives();
    link(phone, bob);
    first.arrives();
    assertThat(stored(phone).getString("user")).isEqualTo(bob);
  }

  @Test
  void a_repeated_text_whose_answer_was_lost_does_not_move_the_number_back() {
    Twilio first = Twilio.sms(code(ann)).from(phone);
    first.arrives();
    link(phone, bob);
    libreChat.collection("switchboard_phone_texts").deleteMany(Filters.eq("number", phone));
    first.arrives().then().body(containsString("No phone is linked"));
    assertThat(stored(phone).getString("user")).isEqualTo(bob);
  }

  @Test
  void after_five_wrong_codes_a_right_code_links_nothing_and_is_spent() {
    for (int turn = 0; turn < 5; turn++) {
      text(phone, "K7MP-2Q9" + "ACDEF".charAt(turn));
    }
    String code = code(ann);
    text(phone, code);
    assertThat(stored(phone)).isNull();
    // The text with the code is a message now, which its reader cannot use.
    message(code);
    text(number(), code).then().body(containsString("No phone is linked"));
  }

  @Test
  void a_person_who_has_opted_out_links_no_phone() {
    text(phone, "STOP");
    String code = code(ann);
    text(phone, code).then().body(not(containsString("now belongs")));
    assertThat(stored(phone)).isNull();
  }

  @Test
  void a_code_that_a_group_can_read_links_nothing() {
    String code = code(ann);
    Twilio.sms(code)
        .from(phone)
        .without("To")
        .without("From")
        .without("NumMedia")
        .with("EventType", "onMessageAdded")
        .with("ConversationSid", "CH0123456789abcdef0123456789abcdef")
        .with("ParticipantSid", "MB0123456789abcdef0123456789abcdef")
        .with("Author", phone)
        .with("Source", "SMS")
        .arrives();
    assertThat(stored(phone)).isNull();
    text(number(), code).then().body(containsString("No phone is linked"));
  }

  @Test
  void a_user_who_is_gone_or_going_gets_no_phone() {
    String code = code(ann);
    users().updateOne(id(ann), Updates.set("agentTriggerDeletionStartedAt", new Date()));
    text(phone, code).then().body(containsString("No phone is linked"));
    assertThat(stored(phone)).isNull();
    operator().body(Map.of("user", ann)).post("/api/phones").then().statusCode(404);
  }

  @Test
  void a_user_gets_ten_codes_an_hour() {
    for (int turn = 0; turn < 10; turn++) {
      code(ann);
    }
    operator()
        .body(Map.of("user", ann))
        .post("/api/phones")
        .then()
        .statusCode(429)
        .header("Retry-After", not(equalTo(null)));
  }

  private com.mongodb.client.MongoCollection<Document> users() {
    return libreChat.collection("users");
  }

  private static org.bson.conversions.Bson id(String user) {
    return Filters.eq("_id", new ObjectId(user));
  }

  // Texts

  @Test
  void two_users_text_and_each_sees_only_their_own() {
    String other = number();
    link(phone, ann);
    link(other, bob);
    text(phone, "From Ann " + phone);
    text(other, "From Bob " + other);
    Document fromAnn = message("From Ann " + phone);
    Document fromBob = message("From Bob " + other);
    assertThat(fromAnn.getString("user")).isEqualTo(ann);
    assertThat(fromBob.getString("user")).isEqualTo(bob);
    assertThat(fromAnn.getString("conversationId"))
        .isNotEqualTo(fromBob.getString("conversationId"));
    text(phone, "Again " + phone);
    assertThat(message("Again " + phone).getString("conversationId"))
        .isEqualTo(fromAnn.getString("conversationId"));
  }

  @Test
  void a_number_that_was_a_strangers_texts_into_the_users_conversations_from_then_on() {
    text(phone, "Before " + phone);
    Document before = message("Before " + phone);
    assertThat(before.getString("user")).isEqualTo(owner);
    link(phone, ann);
    text(phone, "After " + phone);
    Document after = message("After " + phone);
    assertThat(after.getString("user")).isEqualTo(ann);
    assertThat(libreChat.conversationOf(before.getString("conversationId")).getString("user"))
        .isEqualTo(owner);
  }

  @Test
  void ten_first_texts_at_once_open_one_conversation_of_the_user() {
    text(phone, "Before " + phone);
    link(phone, ann);
    IntStream.range(0, 10).parallel().forEach(turn -> text(phone, phone + " " + turn));
    await()
        .until(
            () ->
                libreChat
                        .collection("messages")
                        .countDocuments(Filters.and(Filters.eq("user", ann)))
                    == 10);
    assertThat(libreChat.collection("conversations").countDocuments(Filters.eq("user", ann)))
        .isOne();
  }

  @Test
  void the_code_of_a_conversation_still_leads_there_and_later_texts_follow() {
    String shop = libreChat.conversation(bob);
    String code =
        operator()
            .body(Map.of("phoneNumber", number(), "conversationId", shop))
            .post("/api/mappings")
            .path("code");
    link(phone, ann);
    text(phone, "Mine " + phone);
    assertThat(message("Mine " + phone).getString("user")).isEqualTo(ann);
    text(phone, code + " To the shop " + phone);
    assertThat(message("To the shop " + phone).getString("conversationId")).isEqualTo(shop);
    text(phone, "And more " + phone);
    assertThat(message("And more " + phone).getString("conversationId")).isEqualTo(shop);
  }

  @Test
  void a_mapping_that_others_make_does_not_catch_the_texts_of_an_own_phone() {
    link(phone, ann);
    operator()
        .body(Map.of("phoneNumber", phone, "conversationId", libreChat.conversation(bob)))
        .post("/api/mappings")
        .then()
        .statusCode(201);
    text(phone, "Mine " + phone);
    assertThat(message("Mine " + phone).getString("user")).isEqualTo(ann);
  }

  @Test
  void a_mapping_to_a_conversation_of_the_user_is_followed() {
    link(phone, ann);
    String chosen = libreChat.conversation(ann);
    operator()
        .body(Map.of("phoneNumber", phone, "conversationId", chosen))
        .post("/api/mappings")
        .then()
        .statusCode(201);
    text(phone, "Mine " + phone);
    assertThat(message("Mine " + phone).getString("conversationId")).isEqualTo(chosen);
  }

  @Test
  void a_whatsapp_account_has_a_proof_of_its_own_under_both_spellings() {
    String with =
        "whatsapp:+521" + (2_000_000_000L + ThreadLocalRandom.current().nextInt(999_999_999));
    String without = with.replace("+521", "+52");
    link(with, ann);
    text(without, "By the other name " + without);
    assertThat(message("By the other name " + without).getString("user")).isEqualTo(ann);
    String sms = without.substring("whatsapp:".length());
    text(sms, "By SMS " + sms);
    assertThat(message("By SMS " + sms).getString("user")).isEqualTo(owner);
  }

  // Moves

  @Test
  void a_number_that_moves_leaves_the_conversations_and_the_old_user_is_told() {
    link(phone, ann);
    text(phone, "Private " + phone);
    String conversation = message("Private " + phone).getString("conversationId");
    link(phone, bob);
    text(phone, "Now Bob's " + phone);
    Document later = message("Now Bob's " + phone);
    assertThat(later.getString("user")).isEqualTo(bob);
    assertThat(later.getString("conversationId")).isNotEqualTo(conversation);
    assertThat(libreChat.conversationOf(conversation).getString("user")).isEqualTo(ann);
    Document told = libreChat.lastMessage(conversation, ann);
    assertThat(told.getString("text")).contains("is not yours any more").doesNotContain(phone);
    assertThat(told.getString("sender")).isEqualTo("Switchboard");
    assertThat(stored(phone).containsKey("untoldUser")).isFalse();
    operator().get("/api/mappings?conversationId=" + conversation).then().body("items", empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"moved", "unlinked"})
  void texts_that_wait_are_not_sent_to_a_phone_that_is_the_users_no_more(String how) {
    link(phone, ann);
    String own = hold(libreChat.conversation(ann));
    String others = hold(libreChat.conversation(owner));
    if (how.equals("moved")) {
      link(phone, bob);
    } else {
      text(phone, "UNLINK");
    }
    assertThat(held(own)).isEqualTo("BLOCKED");
    assertThat(held(others)).isEqualTo("HELD");
  }

  private String hold(String conversation) {
    String id = java.util.UUID.randomUUID().toString();
    libreChat
        .collection("switchboard_outbox")
        .insertOne(
            new Document("_id", id)
                .append("textId", id)
                .append("part", 1)
                .append("parts", 1)
                .append("state", "HELD")
                .append("phoneNumber", phone)
                .append("sender", OURS)
                .append("conversationId", conversation)
                .append("body", "Private")
                .append("queuedAt", new Date())
                .append("nextAttemptAt", Date.from(Instant.now().plusSeconds(86_400)))
                .append("history", List.of()));
    return id;
  }

  private String held(String id) {
    return libreChat
        .collection("switchboard_outbox")
        .find(Filters.eq("_id", id))
        .first()
        .getString("state");
  }

  @Test
  void an_e_mail_address_of_several_users_gets_no_code() {
    libreChat
        .collection("users")
        .updateOne(
            Filters.eq("_id", new ObjectId(bob)),
            Updates.combine(
                Updates.set("email", ann + "@example.com"), Updates.set("tenantId", "other")));
    libreChat
        .collection("users")
        .updateOne(
            Filters.eq("_id", new ObjectId(ann)), Updates.set("email", ann + "@example.com"));
    operator()
        .body(Map.of("user", ann + "@example.com"))
        .post("/api/phones")
        .then()
        .statusCode(404)
        .body("error", containsString("use the id"));
    link(phone, ann);
  }

  @Test
  void a_user_without_a_conversation_of_the_number_is_told_in_a_new_one() {
    link(phone, ann);
    link(phone, bob);
    Document told = libreChat.collection("messages").find(Filters.eq("user", ann)).first();
    assertThat(told.getString("text")).contains("is not yours any more");
    assertThat(libreChat.conversationOf(told.getString("conversationId")).getString("user"))
        .isEqualTo(ann);
  }

  @Test
  void a_move_that_a_crash_interrupted_is_completed_once() {
    link(phone, bob);
    libreChat
        .collection("switchboard_phones")
        .updateOne(Filters.eq("number", phone), Updates.set("untoldUser", ann));
    for (int turn = 0; turn < 3; turn++) {
      moves.completeAll().await().atMost(Duration.ofSeconds(20));
    }
    assertThat(libreChat.collection("messages").countDocuments(Filters.eq("user", ann))).isOne();
    assertThat(stored(phone).containsKey("untoldUser")).isFalse();
  }

  @Test
  void an_old_user_who_is_not_told_yet_is_told_before_the_phone_is_unlinked() {
    link(phone, bob);
    libreChat
        .collection("switchboard_phones")
        .updateOne(Filters.eq("number", phone), Updates.set("untoldUser", ann));
    text(phone, "UNLINK").then().body(containsString("is unlinked"));
    await()
        .until(() -> libreChat.collection("messages").countDocuments(Filters.eq("user", ann)) == 1);
  }

  @Test
  void the_word_of_the_confirmation_unlinks_the_phone() {
    link(phone, ann);
    text(phone, "Private " + phone);
    Twilio unlink = Twilio.sms(" Unlink ").from(phone);
    unlink.arrives().then().body(containsString("is unlinked"));
    unlink.arrives().then().body(containsString("is unlinked"));
    assertThat(stored(phone)).isNull();
    text(phone, "A stranger's " + phone);
    assertThat(message("A stranger's " + phone).getString("user")).isEqualTo(owner);
    text(phone, "UNLINK").then().body(not(containsString("is unlinked")));
  }

  @Test
  void after_the_link_ends_the_number_of_the_default_owner_follows_no_private_conversation() {
    text(phone, "As a stranger " + phone);
    link(phone, owner);
    text(phone, "Private " + phone);
    String conversation = message("Private " + phone).getString("conversationId");
    makeStale(phone);
    text(phone, "Who am I " + phone);
    assertThat(message("Who am I " + phone).getString("conversationId")).isNotEqualTo(conversation);
  }

  // Recycled numbers

  private void makeStale(String number) {
    libreChat
        .collection("switchboard_phones")
        .updateOne(
            Filters.eq("number", number),
            Updates.set("lastUsed", Date.from(Instant.now().minus(Duration.ofDays(366)))));
  }

  @Test
  void a_phone_that_is_unused_for_a_year_is_a_strangers_until_it_is_proved_again() {
    link(phone, ann);
    text(phone, "Private " + phone);
    String conversation = message("Private " + phone).getString("conversationId");
    makeStale(phone);
    operator().get("/api/phones?user=" + ann).then().body("items[0].stale", equalTo(true));
    text(phone, "Somebody else " + phone);
    assertThat(message("Somebody else " + phone).getString("user")).isEqualTo(owner);
    operator()
        .body(Map.of("to", phone, "conversationId", conversation, "text", "Private words"))
        .post("/api/sms")
        .then()
        .body("status", equalTo("blocked"));
    assertThat(
            libreChat
                .collection("switchboard_outbox")
                .find(Filters.eq("phoneNumber", phone))
                .first()
                .getString("cause"))
        .contains("link the phone again");
    link(phone, ann);
    text(phone, "Me again " + phone);
    assertThat(message("Me again " + phone).getString("conversationId")).isEqualTo(conversation);
    assertThat(libreChat.messages(conversation, ann)).hasSize(2);
  }

  @Test
  void a_text_keeps_the_phone_fresh() {
    link(phone, ann);
    Date then = Date.from(Instant.now().minus(Duration.ofDays(300)));
    libreChat
        .collection("switchboard_phones")
        .updateOne(Filters.eq("number", phone), Updates.set("lastUsed", then));
    text(phone, "Still me " + phone);
    message("Still me " + phone);
    assertThat(stored(phone).getDate("lastUsed")).isAfter(then);
  }

  @Test
  void a_phone_of_a_deleted_user_is_a_strangers() {
    link(phone, ann);
    users().deleteOne(id(ann));
    text(phone, "Hello " + phone);
    assertThat(message("Hello " + phone).getString("user")).isEqualTo(owner);
  }

  // Operators

  @Test
  void a_phone_can_be_unlinked_once_and_the_audit_says_so() {
    link(phone, ann);
    String id = operator().get("/api/phones?phoneNumber=" + phone).path("items[0].id");
    operator().delete("/api/phones/" + id).then().statusCode(204);
    operator().delete("/api/phones/" + id).then().statusCode(404);
    operator()
        .get("/api/audit?limit=1")
        .then()
        .body("items[0].action", equalTo("changed an owner's phone"))
        .body("items[0].subject", not(containsString(phone)));
    assertThat(stored(phone)).isNull();
  }

  @Test
  void to_forget_a_person_removes_the_phone() {
    link(phone, ann);
    operator()
        .body(Map.of("phoneNumber", phone))
        .post("/api/people/forget")
        .then()
        .statusCode(200)
        .body("phones", equalTo(1));
    assertThat(stored(phone)).isNull();
    for (String collection : List.of("switchboard_phone_texts", "switchboard_phone_codes")) {
      for (Document document : libreChat.collection(collection).find()) {
        assertThat(document.toJson()).doesNotContain(phone);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"user\":\"\"}",
        "{\"user\":\" \"}",
        "{\"user\":1}",
        "[]",
        "{\"user\":null}"
      })
  void a_request_without_a_user_is_refused(String body) {
    operator().body(body).post("/api/phones").then().statusCode(400);
  }

  @Test
  void a_key_without_the_scope_makes_no_code() {
    given()
        .contentType(ContentType.JSON)
        .body(Map.of("user", ann))
        .post("/api/phones")
        .then()
        .statusCode(401);
    operator().get("/api/phones?user=nobody@example.com").then().body("items", empty());
    operator().get("/api/phones?limit=201").then().statusCode(400);
    operator()
        .get("/api/phones?user=" + ann + "&phoneNumber=" + phone)
        .then()
        .body("items", empty());
  }
}
