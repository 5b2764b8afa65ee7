package chat.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.http.ProblemException;
import chat.switchboard.outbound.TextFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The records of the requests, bound from JSON as the doors bind them. */
@Tag("unit")
class RequestBodiesTest {

  private static final String CONVERSATION = "0b5a2d5c-5b0c-4c5e-8d52-6b8f4c3c1c11";
  private static final String TEXT =
      "{\"to\":\"+15551234567\",\"conversationId\":\"" + CONVERSATION + "\",\"text\":\"Hi\"%s}";
  private static final String MAPPING =
      "{\"phoneNumber\":\"+15551234567\",\"conversationId\":\"" + CONVERSATION + "\"%s}";

  private final JsonBody json = new JsonBody();

  @Test
  void a_text_with_its_needed_fields_alone_has_the_defaults() {
    SmsRequest request = read(TEXT.formatted(""), SmsRequest.class);
    assertThat(request)
        .isEqualTo(
            new SmsRequest(
                "+15551234567",
                CONVERSATION,
                "Hi",
                List.of(),
                false,
                TextFormat.TEXT,
                Optional.empty()));
  }

  @Test
  void a_field_that_is_null_is_a_missing_field() {
    assertThat(read(TEXT.formatted(",\"includeCode\":null,\"from\":null"), SmsRequest.class))
        .isEqualTo(read(TEXT.formatted(""), SmsRequest.class));
    assertThat(
            read(
                MAPPING.formatted(",\"serviceNumber\":null,\"label\":null,\"forwardOwner\":null"),
                MappingRequest.class))
        .isEqualTo(read(MAPPING.formatted(""), MappingRequest.class));
  }

  @Test
  void a_field_that_the_record_does_not_have_is_ignored() {
    assertThat(read(TEXT.formatted(",\"__proto__\":{},\"$where\":1"), SmsRequest.class))
        .isEqualTo(read(TEXT.formatted(""), SmsRequest.class));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"to\":null|to is required",
        "\"to\":\" \"|to is required",
        "\"to\":15551234567|to must be a text",
        "\"to\":true|to must be a text",
        "\"to\":1.5|to must be a text",
        "\"to\":[]|to must be a text",
        "\"to\":[\"+15551234567\"]|to must be a text",
        "\"to\":{\"$ne\":\"\"}|to must be a text",
        "\"text\":7|text must be a text",
        "\"text\":\"\\u0000\"|text contains NUL at index 0",
        "\"text\":\"a\\ud800\"|text contains half of a surrogate pair (U+D800) at index 1",
        "\"conversationId\":\"1-1-1-1-1\"|The conversation id must be a UUID",
        "\"conversationId\":\"\"|conversationId is required",
        "\"conversationId\":null|conversationId is required",
        "\"includeCode\":\"true\"|includeCode must be true or false",
        "\"includeCode\":\"\"|includeCode must be true or false",
        "\"includeCode\":1|includeCode must be true or false",
        "\"includeCode\":[]|includeCode must be true or false",
        "\"format\":null|format must be text or markdown",
        "\"format\":\"\"|format must be text or markdown",
        "\"format\":\"TEXT\"|format must be text or markdown",
        "\"format\":\" text\"|format must be text or markdown",
        "\"format\":0|format must be text or markdown",
        "\"format\":{}|format must be text or markdown",
        "\"from\":5|from must be a text",
        "\"from\":\"\"|from must be a phone number",
        "\"from\":[\"x\"]|from must be a text"
      })
  void a_field_of_a_text_that_cannot_be_is_named(String field, String error) {
    String name = field.substring(1, field.indexOf('"', 1));
    String body =
        TEXT.formatted("")
            .replaceFirst("\"" + name + "\":\"[^\"]*\",?", "")
            .replace(",}", "}")
            .replace("}", "," + field.replace("}", "\u0001") + "}")
            .replace("\u0001", "}");
    refused(body, SmsRequest.class, error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        ",\"forwardOwner\":\"yes\"|forwardOwner must be true or false",
        ",\"forwardOwner\":0|forwardOwner must be true or false",
        ",\"label\":5|label must be a text",
        ",\"serviceNumber\":\"abc\"|serviceNumber must be a phone number"
      })
  void a_field_of_a_mapping_that_cannot_be_is_named(String fields, String error) {
    refused(MAPPING.formatted(fields), MappingRequest.class, error);
  }

  @Test
  void a_label_is_one_visible_line_of_100_characters() {
    assertThat(label("  A\\n\\u202eb  ")).contains("A b");
    assertThat(label("\\u200b \\t")).isEmpty();
    assertThat(label("x".repeat(100))).isPresent();
    refused(
        MAPPING.formatted(",\"label\":\"" + "x".repeat(101) + "\""),
        MappingRequest.class,
        "label must not be longer than 100 characters");
  }

  private Optional<String> label(String json) {
    return read(MAPPING.formatted(",\"label\":\"" + json + "\""), MappingRequest.class).label();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"role\":7}", "{\"role\":null}", "{\"role\":{}}"})
  void a_message_without_the_role_is_refused(String body) {
    refused(body, ExternalMessageRequest.class, "Role must be external");
    refused(body, ContactMessageRequest.class, "Role must be external");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|The body is empty",
        "{|not valid JSON",
        "{} {}|not valid JSON",
        "{\"phoneNumber\":\"a\",\"phoneNumber\":\"b\"}|not valid JSON",
        "[1]|must be a JSON object",
        "null|must be a JSON object",
        "\"x\"|must be a JSON object"
      })
  void a_body_that_is_no_single_object_is_refused(String body, String error) {
    refused(body, ForgetRequest.class, error);
  }

  private <T> T read(String body, Class<T> type) {
    return json.read(body.getBytes(StandardCharsets.UTF_8), type);
  }

  private void refused(String body, Class<?> type, String error) {
    assertThatThrownBy(() -> read(body, type))
        .as(body)
        .isInstanceOfSatisfying(
            ProblemException.class,
            refused -> {
              assertThat(refused.problem().status()).isEqualTo(400);
              assertThat(refused.problem().error()).contains(error);
            });
  }
}
