package chat.switchboard.twilio;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.LogLines;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bson.Document;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message that Twilio can send is stored whole, and every refusal is logged and counted. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class IntakeTest {

  private static final String FORM = "application/x-www-form-urlencoded";

  private final LibreChat libreChat = new LibreChat();
  private final LogLines log = LogLines.all();
  private String owner;
  private String number;

  @BeforeEach
  void anOwnerAndAPhone() {
    owner = libreChat.owner();
    number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
  }

  @AfterEach
  void close() {
    log.close();
    libreChat.close();
  }

  static Stream<Arguments> longTexts() {
    return Stream.of(
            "ж",
            "é",
            "م",
            "中",
            "न",
            "क्ष",
            "ก",
            "👨‍👩‍👧‍👦",
            "🇩🇪",
            "e\u0301",
            "a",
            "%",
            "& =+",
            "\n")
        .flatMap(
            unit ->
                Stream.of(342, 1_600, 4_096)
                    .map(length -> Arguments.of(unit.repeat(length).substring(0, length))));
  }

  @ParameterizedTest
  @MethodSource("longTexts")
  void a_long_text_of_any_script_is_stored_whole(String text) {
    String sent = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8) + ".";
    Twilio.sms(sent).from(number).arrives().then().statusCode(200);
    assertThat(onlyMessage().getString("text")).isEqualTo(sent);
  }

  @Test
  void a_text_of_1600_letters_is_stored_whole_over_http2() throws Exception {
    Twilio sms = Twilio.sms("ж".repeat(1_600)).from(number);
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> answer =
          client.send(
              request(Twilio.WEBHOOK, FORM, sms.signature(), sms.body()),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
    assertThat(onlyMessage().getString("text")).isEqualTo("ж".repeat(1_600));
  }

  @ParameterizedTest
  @MethodSource("longFields")
  void a_long_field_loses_no_text(String field) {
    Twilio.sms("Hello")
        .from(number)
        .set(field, "{\"status\":\"✓\",\"x\":\"" + "ж".repeat(20_000) + "\"}")
        .arrives()
        .then()
        .statusCode(200);
    assertThat(onlyMessage().getString("text")).startsWith("Hello");
  }

  static Stream<String> longFields() {
    return Stream.of(
        "AddOns",
        "ChannelMetadata",
        "Attributes",
        "Media",
        "InteractiveData",
        "ReferralBody",
        "ErrorUrl",
        "ProfileName",
        "Label");
  }

  @Test
  void hundreds_of_fields_lose_no_text() {
    Twilio sms = Twilio.sms("ж".repeat(1_600)).from(number);
    for (int i = 0; i < 900; i++) {
      sms.with("Extra" + i, "value " + i);
    }
    sms.arrives().then().statusCode(200);
    assertThat(onlyMessage().getString("text")).hasSize(1_600);
  }

  @Test
  void a_status_callback_may_be_as_long() {
    Twilio status =
        Twilio.status(Twilio.newSid(), "delivered").with("ErrorMessage", "ж".repeat(10_000));
    for (int i = 0; i < 500; i++) {
      status.with("Extra" + i, "value");
    }
    status.arrivesAt(given(), Twilio.STATUS).then().statusCode(200);
  }

  /** Each with the request that shows it. */
  enum Refused {
    SIGNATURE_MISSING(403, Twilio.sms("x").unsigned()),
    SIGNATURE_WRONG(403, Twilio.sms("x").signedWith("guess")),
    ACCOUNT(403, Twilio.sms("x").set("AccountSid", "AC" + "f".repeat(32))),
    FIELD_MISSING(400, Twilio.sms("x").without("From")),
    FIELD_FORM(403, Twilio.sms("x").set("MessageSid", "$where")),
    FIELD_NAME(403, Twilio.sms("x").with("FromAx", "x")),
    MOVED_BORDERS(403, Twilio.sms("x").with("Zebra", "From+15550001111")),
    TOO_MANY_FIELDS(403, many(1_024)),
    TOO_LARGE(413, Twilio.sms("x".repeat(300_000)));

    final int status;
    final Twilio request;

    Refused(int status, Twilio request) {
      this.status = status;
      this.request = request;
    }

    private static Twilio many(int more) {
      Twilio sms = Twilio.sms("x");
      for (int i = 0; i < more; i++) {
        sms.with("E" + i, "");
      }
      return sms;
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_refusal_is_logged_counted_and_seen_in_the_access_log(Refused refused) {
    for (String door : List.of("webhook", "status")) {
      if (door.equals("status") && refused == Refused.FIELD_MISSING) {
        continue;
      }
      String reason = refused.name().toLowerCase(java.util.Locale.ROOT);
      double before = count(door, reason);
      Twilio request = refused.request;
      request.signedFor(TestDatabase.PUBLIC_URL + "/api/twilio/" + door);
      request.arrivesAt(given(), "/api/twilio/" + door).then().statusCode(refused.status);
      assertThat(count(door, reason)).isEqualTo(before + 1);
      log.await(
          Level.WARN,
          "Twilio's request to the " + door + " door was refused with " + refused.status,
          "(" + reason + ")");
      log.await(Level.INFO, "POST /api/twilio/" + door + " HTTP/1.1\" " + refused.status + " ");
    }
    assertThat(log.texts()).noneMatch(line -> line.contains("+1555123"));
  }

  /** The first line of the answer to a request whose body is announced and never sent. */
  private static String announced(int length) throws Exception {
    try (Socket socket = new Socket("localhost", RestAssured.port)) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              ("POST /api/twilio/webhook HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                      + FORM
                      + "\r\nContent-Length: "
                      + length
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine();
    }
  }

  @Test
  void requests_that_the_server_refuses_are_logged_and_counted_too() throws Exception {
    double types = count("webhook", "media_type");
    given().contentType("text/plain").body("x").post(Twilio.WEBHOOK).then().statusCode(415);
    // The request is counted when its answer has gone out, which the client may see first.
    await().until(() -> count("webhook", "media_type") == types + 1);
    double methods = count("webhook", "method");
    given().put(Twilio.WEBHOOK).then().statusCode(405);
    await().until(() -> count("webhook", "method") == methods + 1);
    double large = count("webhook", "too_large");
    assertThat(announced(20_000_000)).startsWith("HTTP/1.1 413");
    await().until(() -> count("webhook", "too_large") == large + 1);
    double malformed = count("status", "malformed");
    given()
        .header("X-Twilio-Signature", "x")
        .contentType(FORM)
        .body("a=%zz")
        .post(Twilio.STATUS)
        .then()
        .statusCode(403);
    await().until(() -> count("status", "malformed") == malformed + 1);
    log.await(Level.WARN, "refused with 415", "(media_type)");
    log.await(Level.WARN, "refused with 405", "(method)");
    log.await(Level.WARN, "refused with 403", "(malformed)");
  }

  @Test
  void an_answer_does_not_depend_on_what_the_caller_prefers() {
    Twilio.sms("Hello")
        .from(number)
        .arrivesAt(given().header("Accept", "application/json"), Twilio.WEBHOOK)
        .then()
        .statusCode(200)
        .contentType(containsString("text/xml"));
  }

  @ParameterizedTest
  @MethodSource("unlikeTwilio")
  void a_signed_field_without_twilios_form_is_refused(String name, String value) {
    Twilio.sms("Hello").from(number).set(name, value).arrives().then().statusCode(403);
    assertThat(mappings()).isEmpty();
    assertThat(
            libreChat
                .collection("switchboard_mappings")
                .countDocuments(new Document("phoneNumber", value)))
        .isZero();
  }

  static Stream<Arguments> unlikeTwilio() {
    return Stream.of(
        Arguments.of("MessageSid", "$where"),
        Arguments.of("MessageSid", "SM1"),
        Arguments.of("MessageSid", Twilio.newSid() + "NumMedia0"),
        Arguments.of("MessageSid", "sm" + Twilio.newSid().substring(2)),
        Arguments.of("SmsSid", Twilio.newSid()),
        Arguments.of("SmsMessageSid", "{}"),
        Arguments.of("From", "{\"$gt\":\"\"}"),
        Arguments.of("From", "+1555\u202e1234567"),
        Arguments.of("From", "+15551234567FromCity"),
        Arguments.of("From", "whatsapp:US.1349\n208"),
        Arguments.of("From", "whatsapp:$ne"),
        Arguments.of("From", "a name that is too long"),
        Arguments.of("To", "[\"+15557654321\"]"),
        Arguments.of("AccountSid", "AC" + "0".repeat(32)),
        Arguments.of("AccountSid", "$ne"),
        Arguments.of("NumMedia", "0To+1555"),
        Arguments.of("NumMedia0", "0"),
        Arguments.of("MessageSidX", "x"),
        Arguments.of("$where", "1"),
        Arguments.of("a b", "1"),
        Arguments.of("", "1"),
        Arguments.of("MediaUrl0", "javascript:alert(1)"),
        Arguments.of("Latitude", "north"),
        Arguments.of("OptOutType", "{}"));
  }

  @ParameterizedTest
  @MethodSource("likeTwilio")
  void every_form_of_an_address_is_taken(String from, String to) {
    Twilio sms = Twilio.sms("Hello " + number).from(from).to(to);
    sms.arrives().then().statusCode(200);
    assertThat(
            libreChat
                .collection("messages")
                .countDocuments(new Document("metadata.messageSid", sms.field("MessageSid"))))
        .isOne();
  }

  static Stream<Arguments> likeTwilio() {
    return Stream.of(
        Arguments.of("+15551112222", "+15557654321"),
        Arguments.of("whatsapp:+5215598765432", "whatsapp:+15557654321"),
        Arguments.of("whatsapp:US.13491208655302741918", "whatsapp:+15557654321"),
        Arguments.of("whatsapp:US.ENT.A1b2", "whatsapp:+15557654321"),
        Arguments.of("rcs:brand_agent", "rcs:our_agent"),
        Arguments.of("rcs:+15551112222", "rcs:our_agent"),
        Arguments.of("messenger:1234567890", "messenger:987"),
        Arguments.of("sip:ada@example.com;transport=tls", "+15557654321"),
        Arguments.of("client:Ada-Lovelace", "+15557654321"),
        Arguments.of("55512", "90210"),
        Arguments.of("PIZZA4U", "+15557654321"),
        Arguments.of("Café".replace("é", "e") + " Bar", "+15557654321"));
  }

  @Test
  void a_recorded_webhook_with_moved_borders_is_not_stored_again() {
    String victim = "+1202555" + ThreadLocalRandom.current().nextInt(1_000, 9_999);
    Twilio genuine = Twilio.sms("wire itFrom" + victim + "FromAx").from(number);
    genuine.arrives().then().statusCode(200);
    String signature = genuine.signature();
    String sid = genuine.field("MessageSid");
    List<Twilio> cuts =
        List.of(
            again(genuine, signature)
                .set("Body", "wire it")
                .set("From", victim)
                .set("FromAx", "From" + number),
            again(genuine, signature).without("NumMedia").set("MessageSid", sid + "NumMedia0"),
            again(genuine, signature)
                .set("Body", "wire it")
                .set("From", victim)
                .with("From", number),
            again(genuine, signature)
                .without("NumMedia")
                .set("MessageSid", sid + "Num")
                .with("Media", "0"));
    for (Twilio cut : cuts) {
      cut.arrives().then().statusCode(403);
    }
    assertThat(onlyMessage().getString("text")).isEqualTo(genuine.field("Body"));
    assertThat(
            libreChat
                .collection("switchboard_mappings")
                .countDocuments(new Document("phoneNumber", victim)))
        .isZero();
  }

  private static Twilio again(Twilio genuine, String signature) {
    Twilio copy = Twilio.webhook().withSignature(signature);
    for (String name : List.of("AccountSid", "MessageSid", "From", "To", "Body", "NumMedia")) {
      copy.with(name, genuine.field(name));
    }
    return copy;
  }

  @Test
  void every_request_that_twilios_libraries_have_signed_is_taken() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    List<String> lines = Files.readAllLines(Path.of("src/test/resources/twilio-vectors.jsonl"));
    assertThat(lines).hasSize(150);
    HttpClient client = HttpClient.newHttpClient();
    List<String> refused = new ArrayList<>();
    for (String line : lines) {
      JsonNode vector = mapper.readTree(line);
      boolean isJson = vector.has("json");
      List<String> fields = new ArrayList<>();
      vector
          .path("fields")
          .forEach(
              field ->
                  fields.add(
                      URLEncoder.encode(field.get(0).asText(), StandardCharsets.UTF_8)
                          + "="
                          + URLEncoder.encode(field.get(1).asText(), StandardCharsets.UTF_8)));
      HttpResponse<String> answer =
          client.send(
              request(
                  vector.path("path").asText(),
                  isJson ? "application/json" : FORM,
                  vector.path("signature").asText(),
                  isJson ? vector.path("json").asText() : String.join("&", fields)),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        refused.add(answer.statusCode() + " " + line);
      }
    }
    assertThat(refused).isEmpty();
  }

  @Test
  void a_message_of_event_streams_is_stored() throws Exception {
    String sid = Twilio.newSid();
    String event =
        """
        [{"specversion":"1.0","type":"com.twilio.messaging.inbound-message.received",
          "source":"/2010-04-01/Accounts/%1$s/Messages/%2$s.json","id":"EZ1",
          "dataschema":"https://events-schemas.twilio.com/Messaging.InboundMessageV1/6",
          "datacontenttype":"application/json","time":"2026-01-01T00:00:00.000Z",
          "data":{"messageSid":"%2$s","accountSid":"%1$s","from":"%3$s","to":"+15557654321",
                  "numMedia":0,"body":"Ahoy ж!","recipients":["+15557654321"],"fromCity":null,
                  "eventName":"com.twilio.messaging.inbound-message.received"}},
         {"specversion":"1.0","type":"com.twilio.messaging.message.delivered","source":"x","id":"EZ2",
          "data":{"messageSid":"%2$s","accountSid":"%1$s"}}]
        """
            .formatted(Twilio.ACCOUNT, sid, number);
    json(event).then().statusCode(200);
    json(event).then().statusCode(200);
    assertThat(onlyMessage()).containsEntry("text", "Ahoy ж!");
    assertThat(onlyMessage().get("metadata", Document.class)).containsEntry("messageSid", sid);
  }

  @Test
  void a_message_of_conversations_as_json_is_stored() throws Exception {
    json(new ObjectMapper()
            .writeValueAsString(
                Map.of(
                    "EventType",
                    "onMessageAdded",
                    "AccountSid",
                    Twilio.ACCOUNT,
                    "ConversationSid",
                    "CH" + "1".repeat(32),
                    "MessageSid",
                    "IM" + Twilio.newSid().substring(2),
                    "Author",
                    number,
                    "Source",
                    "SMS",
                    "Index",
                    3,
                    "Media",
                    List.of(Map.of("Sid", "ME1", "ContentType", "image/png")),
                    "Body",
                    "Hello")))
        .then()
        .statusCode(200);
    await()
        .until(
            () ->
                !libreChat
                    .messages(mappings(number).get(0).getString("conversationId"), owner)
                    .isEmpty());
    assertThat(onlyMessage().getString("text"))
        .isEqualTo(
            "Hello\n[attachment: image/png] (not received: The address of the file is not allowed)");
  }

  @Test
  void json_with_another_body_or_account_or_form_is_refused() throws Exception {
    String body = "{\"MessageSid\":\"SM1\"}";
    json(body).then().statusCode(403);
    json("[1]").then().statusCode(400);
    json("{\"a\":1,\"a\":2}").then().statusCode(400);
    json("").then().statusCode(400);
    String query = "?bodySHA256=" + hash(body);
    Twilio signed = Twilio.webhook().withQuery(query);
    given()
        .urlEncodingEnabled(false)
        .header("X-Twilio-Signature", signed.signature())
        .contentType("application/json")
        .body(body + " ")
        .post(Twilio.WEBHOOK + query)
        .then()
        .statusCode(403);
  }

  private static Response json(String body) throws Exception {
    String query = "?a=%26&bodySHA256=" + hash(body);
    return given()
        .urlEncodingEnabled(false)
        .header("X-Twilio-Signature", Twilio.webhook().withQuery(query).signature())
        .header("Content-Type", "application/json")
        .body(body.getBytes(StandardCharsets.UTF_8))
        .post(Twilio.WEBHOOK + query);
  }

  private static String hash(String body) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void a_name_reaches_the_sender_fit_to_show() {
    Twilio.sms("Hello")
        .from("whatsapp:" + number)
        .with("ProfileName", "Ann\r\nadmin\u202E\u0007\u200B  👨‍👩‍👧‍👦" + "x".repeat(500))
        .arrives()
        .then()
        .statusCode(200);
    Document message = onlyMessage("whatsapp:" + number);
    assertThat(message.getString("sender"))
        .startsWith("WhatsApp Ann admin 👨‍👩‍👧‍👦xxx")
        .contains("…")
        .hasSizeLessThan(120)
        .doesNotContainPattern("[\\p{Cntrl}\u202E\u200B]");
  }

  @Test
  void a_title_from_outside_makes_a_notice_that_is_xml_and_short() {
    for (String title : List.of("A\u0007B", "x".repeat(2_000), "a\uFFFE<&>\u202Eb")) {
      String conversation = libreChat.conversation(owner);
      libreChat
          .collection("conversations")
          .updateOne(
              new Document("conversationId", conversation),
              new Document("$set", new Document("title", title)));
      String person = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
      String code =
          given()
              .header("X-API-Key", TestDatabase.API_KEY)
              .contentType("application/json")
              .body(Map.of("phoneNumber", number, "conversationId", conversation))
              .post("/api/mappings")
              .path("code");
      String notice =
          Twilio.sms(code + " hello")
              .from(person)
              .arrives()
              .then()
              .statusCode(200)
              .extract()
              .xmlPath()
              .getString("Response.Message");
      assertThat(notice).startsWith("You are now in: ").hasSizeLessThan(120);
    }
  }

  private static HttpRequest request(String path, String type, String signature, String body) {
    return HttpRequest.newBuilder(URI.create(RestAssured.baseURI + ":" + RestAssured.port + path))
        .header("Content-Type", type)
        .header("X-Twilio-Signature", signature)
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private static double count(String door, String reason) {
    Matcher line =
        Pattern.compile(
                "switchboard_twilio_refused_total\\{door=\""
                    + door
                    + "\",reason=\""
                    + reason
                    + "\"\\} ([0-9.]+)")
            .matcher(given().get("/q/metrics").asString());
    return line.find() ? Double.parseDouble(line.group(1)) : 0;
  }

  private List<Document> mappings() {
    return mappings(number);
  }

  private List<Document> mappings(String person) {
    return libreChat
        .collection("switchboard_mappings")
        .find(new Document("phoneNumber", person))
        .into(new ArrayList<>());
  }

  private Document onlyMessage() {
    return onlyMessage(number);
  }

  private Document onlyMessage(String person) {
    List<Document> messages =
        libreChat.messages(mappings(person).get(0).getString("conversationId"), owner);
    assertThat(messages).hasSize(1);
    return messages.get(0);
  }
}
