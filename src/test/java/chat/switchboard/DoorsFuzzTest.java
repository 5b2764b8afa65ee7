package chat.switchboard;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.ManyFailures;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.JqwikException;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A door answers every request with a documented status: never with a 5xx, and never with success
 * to a request without key, signature or token. {@code -Dfuzz.tries=20000} for a night.
 */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(ManyFailures.class)
class DoorsFuzzTest {

  private static final int TRIES = Integer.getInteger("fuzz.tries", 150);

  private final LibreChat libreChat = new LibreChat();

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void no_form_without_its_signature_is_let_in() {
    Arbitrary<byte[]> bodies = Arbitraries.bytes().array(byte[].class).ofMaxSize(600);
    Arbitrary<String> signatures =
        Arbitraries.strings().withCharRange('!', '~').ofMinLength(0).ofMaxLength(80);
    each(
        Combinators.combine(bodies, signatures).as(Forgery::new),
        forgery ->
            assertThat(
                    given()
                        .config(plain())
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("X-Twilio-Signature", forgery.signature())
                        .body(forgery.body())
                        .post(Twilio.WEBHOOK)
                        .statusCode())
                .isIn(400, 403, 429));
  }

  /**
   * Forms with Twilio's signature and arbitrary fields: new fields, empty fields, other alphabets.
   */
  @Test
  void every_signed_form_is_answered() {
    Arbitrary<String> text = Arbitraries.strings().all().ofMaxLength(60);
    Arbitrary<String> names =
        Arbitraries.oneOf(
            Arbitraries.of(
                "Body",
                "From",
                "To",
                "MessageSid",
                "NumMedia",
                "MediaUrl0",
                "OptOutType",
                "EventType",
                "ConversationSid",
                "Author",
                "ProfileName",
                "AccountSid"),
            Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(12));
    each(
        Combinators.combine(names, text, names, text).as(Fields::new),
        fields ->
            assertThat(
                    Twilio.sms("Fuzz")
                        .set(clean(fields.name()), clean(fields.value()))
                        .set(clean(fields.other()), clean(fields.otherValue()))
                        .arrives()
                        .statusCode())
                .as("%s", fields)
                .isIn(200, 400, 403, 413));
  }

  @Test
  void every_body_at_the_json_door_is_answered() {
    String conversation = libreChat.conversation(libreChat.user());
    Arbitrary<String> value =
        Arbitraries.oneOf(
            Arbitraries.of(
                "null",
                "true",
                "-1",
                "1e999",
                "\"\"",
                "\"\\u0000\"",
                "\"\\ud800\"",
                "[]",
                "{}",
                "[[]]",
                "{\"$set\":1}",
                "{\"a.b\":1}",
                "{\"\":1}",
                "99999999999999999999"),
            Arbitraries.strings().alpha().ofMaxLength(9).map(text -> '"' + text + '"'));
    Arbitrary<String> field =
        Arbitraries.of(
            "role", "content", "sender", "metadata", "reply", "text", "__proto__", "$where");
    Arbitrary<String> members =
        Combinators.combine(field, value)
            .as((name, its) -> '"' + name + "\":" + its)
            .list()
            .ofMaxSize(6)
            .map(list -> "{" + String.join(",", list) + "}");
    Arbitrary<String> almost =
        Combinators.combine(field, value)
            .as(
                (name, its) ->
                    "{\"role\":\"external\",\"content\":\"x\",\"" + name + "\":" + its + "}");
    Arbitrary<String> noise = Arbitraries.strings().ascii().ofMaxLength(80);
    each(
        Arbitraries.oneOf(List.of(members, almost, noise)),
        body ->
            assertThat(
                    given()
                        .header("X-Internal-API-Key", TestDatabase.API_KEY)
                        .contentType(ContentType.JSON)
                        .body(body)
                        .post("/api/messages/{id}/external", conversation)
                        .statusCode())
                .as(body)
                .isIn(201, 202, 400, 413));
  }

  @Test
  void no_token_but_librechats_opens_a_stream() {
    String good = LibreChat.token(libreChat.user());
    Arbitrary<String> changed =
        Combinators.combine(
                Arbitraries.integers().between(0, good.length() - 2), Arbitraries.chars().alpha())
            .as((at, put) -> good.substring(0, at) + put + good.substring(at + 1))
            .filter(token -> !token.equals(good));
    Arbitrary<String> parts =
        Arbitraries.strings()
            .withCharRange('-', 'z')
            .ofMaxLength(60)
            .list()
            .ofSize(3)
            .map(list -> String.join(".", list));
    each(
        Arbitraries.oneOf(List.of(changed, parts)),
        token ->
            assertThat(given().queryParam("token", token).get("/api/messages/stream").statusCode())
                .as(token)
                .isIn(401, 429));
  }

  private record Forgery(byte[] body, String signature) {}

  private record Fields(String name, String value, String other, String otherValue) {}

  /** A lone surrogate has no bytes, and so is never sent. */
  private static String clean(String text) {
    return text.codePoints()
        .filter(point -> point < 0xd800 || point > 0xdfff)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static io.restassured.config.RestAssuredConfig plain() {
    return io.restassured.config.RestAssuredConfig.config()
        .encoderConfig(
            io.restassured.config.EncoderConfig.encoderConfig()
                .appendDefaultContentCharsetToContentTypeIfUndefined(false)
                .encodeContentTypeAs("application/x-www-form-urlencoded", ContentType.BINARY));
  }

  private static <T> void each(Arbitrary<T> inputs, Consumer<T> check) {
    JqwikSession.run(
        () -> {
          try {
            inputs.sampleStream().limit(TRIES).forEach(check);
          } catch (JqwikException notMade) {
            throw new IllegalStateException(notMade);
          }
        });
  }
}
