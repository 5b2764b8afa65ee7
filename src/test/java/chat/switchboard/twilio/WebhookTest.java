package chat.switchboard.twilio;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import chat.switchboard.librechat.SourceName;
import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class WebhookTest {

  private final LibreChat libreChat = new LibreChat();
  private String owner;
  private String number;

  @BeforeEach
  void anOwnerAndAPhone() {
    owner = libreChat.owner();
    number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_text_message_stands_in_a_conversation_and_is_heard() {
    try (Browser browser = Browser.open(LibreChat.token(owner)).connected()) {
      Twilio sms = Twilio.sms("Do you open on Sunday? 🥐").from(number);
      sms.arrives()
          .then()
          .statusCode(200)
          .contentType(containsString("text/xml"))
          .body("Response.Message", containsString("This is a new conversation"));
      Twilio.sms("And on Monday?").from("+15550007777").arrives();
      Twilio.sms("And on Monday?")
          .from("+15550007777")
          .arrives()
          .then()
          .statusCode(200)
          .body("Response", equalTo(""));
      Document message = onlyMessage();
      assertThat(message)
          .containsEntry("text", "Do you open on Sunday? 🥐")
          .containsEntry("role", "user")
          .containsEntry("model", "SMS")
          .containsEntry("isCreatedByUser", false);
      assertThat(message.get("metadata", Document.class))
          .containsEntry("role", "external")
          .containsEntry("source", "sms")
          .containsEntry("phoneNumber", number)
          .containsEntry("serviceNumber", "+15557654321")
          .containsEntry("messageSid", sms.field("MessageSid"));
      assertThat(browser.heard(message.getString("messageId")).json().getString("source"))
          .isEqualTo("sms");
    }
  }

  @Test
  void a_repeated_webhook_is_stored_once() {
    String sid = Twilio.newSid();
    IntStream.range(0, 20)
        .parallel()
        .forEach(i -> Twilio.sms("Once").from(number).sid(sid).arrives().then().statusCode(200));
    assertThat(onlyMessage()).containsEntry("text", "Once");
  }

  @Test
  void a_fallback_delivery_of_the_same_message_is_stored_once() {
    String sid = Twilio.newSid();
    Twilio.sms("Once").from(number).sid(sid).arrives().then().statusCode(200);
    Twilio.sms("Once")
        .from(number)
        .sid(sid)
        .with("ErrorCode", "11200")
        .with("ErrorUrl", "https://chat.example.com/api/twilio/webhook")
        .arrives()
        .then()
        .statusCode(200);
    assertThat(onlyMessage()).containsEntry("text", "Once");
  }

  @Test
  void two_of_our_numbers_are_two_desks() {
    Twilio.sms("To the shop").from(number).to("+15550000001").arrives();
    Twilio.sms("To the bank").from(number).to("+15550000002").arrives();
    assertThat(mappings()).hasSize(2);
    assertThat(mappings().stream().map(one -> one.getString("conversationId")).distinct())
        .hasSize(2);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("genuine")
  void a_genuine_webhook_is_taken(String why, Twilio webhook) {
    webhook.from(number).arrives().then().statusCode(200);
    assertThat(onlyMessage()).isNotNull();
  }

  static Stream<Arguments> genuine() {
    String url = TestDatabase.PUBLIC_URL;
    return Stream.of(
        Arguments.of(
            "signed with the token before the rotation",
            Twilio.sms("x").signedWith(TestDatabase.OLD_AUTH_TOKEN)),
        Arguments.of(
            "signed for the URL with its default port",
            Twilio.sms("x").signedFor("https://chat.example.com:443/api/twilio/webhook")),
        Arguments.of(
            "through a messaging service", Twilio.sms("x").with("MessagingServiceSid", "MG1")),
        Arguments.of(
            "with fields that nobody knows yet", Twilio.sms("x").with("NewField", "✓ & =")),
        Arguments.of("with an empty field", Twilio.sms("x").with("FromCity", "")),
        Arguments.of(
            "with a field that comes twice", Twilio.sms("x").with("Tag", "b").with("Tag", "a")),
        Arguments.of(
            "with a field that comes twice with one value",
            Twilio.sms("x").with("Tag", "a").with("Tag", "a")),
        Arguments.of("with a query", Twilio.sms("x").withQuery("?shop=caf%C3%A9&x=1")),
        Arguments.of("with Unicode", Twilio.sms("‏שלום 👩‍👩‍👧 \r\n\t+%41&=;")),
        Arguments.of("without a text", Twilio.sms("")),
        Arguments.of("signed for the base", Twilio.sms("x").signedFor(url + Twilio.WEBHOOK)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forged")
  void a_forged_webhook_is_refused_and_nothing_is_stored(String why, Twilio webhook) {
    webhook
        .from(number)
        .arrives()
        .then()
        .statusCode(403)
        .contentType("application/problem+json")
        .body("error", containsString("X-Twilio-Signature"));
    assertThat(mappings()).isEmpty();
  }

  static Stream<Arguments> forged() {
    return Stream.of(
        Arguments.of("without a signature", Twilio.sms("x").unsigned()),
        Arguments.of("with an empty signature", Twilio.sms("x").withSignature("")),
        Arguments.of("with a made-up signature", Twilio.sms("x").withSignature("AAAA")),
        Arguments.of("signed with another token", Twilio.sms("x").signedWith("guess")),
        Arguments.of(
            "signed for another host", Twilio.sms("x").signedFor("https://evil.example/api")),
        Arguments.of(
            "signed for http instead of https",
            Twilio.sms("x").signedFor("http://chat.example.com/api/twilio/webhook")));
  }

  @Test
  void a_field_that_was_changed_on_the_way_breaks_the_signature() {
    Twilio sms = Twilio.sms("Pay Alice").from(number);
    String signature =
        Twilio.sms("Pay Alice").from(number).sid(sms.field("MessageSid")).signature();
    sms.set("Body", "Pay Mallory").withSignature(signature).arrives().then().statusCode(403);
    assertThat(mappings()).isEmpty();
  }

  @Test
  void a_body_that_is_no_form_is_refused() {
    given()
        .header("X-Twilio-Signature", "x")
        .contentType("application/json")
        .body("{}")
        .post(Twilio.WEBHOOK)
        .then()
        .statusCode(415);
    given()
        .header("X-Twilio-Signature", "x")
        .contentType("application/x-www-form-urlencoded")
        .body("Body=%zz")
        .post(Twilio.WEBHOOK)
        .then()
        .statusCode(403);
    given()
        .header("X-Twilio-Signature", "x")
        .contentType("application/x-www-form-urlencoded")
        .post(Twilio.WEBHOOK)
        .then()
        .statusCode(403);
  }

  @Test
  void a_signed_webhook_that_names_no_message_is_refused() {
    Twilio.webhook().with("From", number).arrives().then().statusCode(400);
    Twilio.sms("x").without("From").arrives().then().statusCode(400);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("senders")
  void a_sender_is_taken_as_twilio_names_it(String from, String source, String sender) {
    String unique = Long.toString(ThreadLocalRandom.current().nextLong(100_000, 999_999));
    String to = "+1555" + unique;
    Twilio.sms("x").from(from).to(to).arrives().then().statusCode(200);
    Document mapping =
        libreChat
            .collection("switchboard_mappings")
            .find(new Document("serviceNumber", to))
            .first();
    assertThat(mapping).containsEntry("phoneNumber", from);
    Document message = libreChat.lastMessage(mapping.getString("conversationId"), owner);
    assertThat(message)
        .containsEntry("sender", sender)
        .containsEntry("model", SourceName.of(source));
  }

  static Stream<Arguments> senders() {
    return Stream.of(
        Arguments.of("+15551239876", "sms", "SMS +1••••••9876"),
        Arguments.of("whatsapp:+15551239876", "whatsapp", "WhatsApp +1••••••9876"),
        Arguments.of("rcs:brand_agent", "rcs", "RCS brand_agent"),
        Arguments.of("55512", "sms", "SMS •••12"),
        Arguments.of("PIZZA4U", "sms", "SMS PIZZA4U"));
  }

  @Test
  void a_text_of_whatsapp_looks_the_same_in_librechat_and_has_no_new_image_or_card() {
    number = "whatsapp:" + number;
    Twilio.sms("*Hi* _there_ **x** ![p](https://evil.example/p.png)\n```a\nb``` :::artifact{a=b}")
        .from(number)
        .arrives()
        .then()
        .statusCode(200);
    await().until(() -> !messages().isEmpty());
    assertThat(onlyMessage().getString("text"))
        .isEqualTo(
            "**Hi** _there_ \\*\\*x\\*\\* \\![p]\\(https://evil.example/p.png)\n"
                + "```\na\nb\n```\n \\:\\:\\:artifact{a=b}");
  }

  @Test
  void a_picture_without_words_is_said_in_the_text() {
    Twilio.sms("")
        .from(number)
        .set("NumMedia", "2")
        .with("MediaUrl0", "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1")
        .with("MediaContentType0", "image/jpeg")
        .with("MediaUrl1", "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME2")
        .with("MediaContentType1", "audio/ogg")
        .arrives()
        .then()
        .statusCode(200);
    await().until(() -> !messages().isEmpty());
    Document message = onlyMessage();
    assertThat(message.getString("text"))
        .isEqualTo(
            "[attachment: image/jpeg] (not received: The address of the file is not allowed)\n"
                + "[attachment: audio/ogg] (not received: The address of the file is not allowed)");
    assertThat(message.get("metadata", Document.class).getList("media", Document.class)).hasSize(2);
  }

  private List<Document> mappings() {
    return libreChat
        .collection("switchboard_mappings")
        .find(new Document("phoneNumber", number))
        .into(new java.util.ArrayList<>());
  }

  private List<Document> messages() {
    return libreChat.messages(mappings().get(0).getString("conversationId"), owner);
  }

  private Document onlyMessage() {
    List<Document> messages = messages();
    assertThat(messages).hasSize(1);
    return messages.get(0);
  }
}
