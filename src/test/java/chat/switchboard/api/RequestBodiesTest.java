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
                Optional.empty(),
                Optional.empty(),
                false,
                null,
                null));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "[\"+15551234567\"]                                | not a list",
        "[\"+15551234567\",\"+15557654321\"]               | not a list",
        "[[\"+15551234567\"]]                              | not a list",
        "[]                                                | not a list",
        "[{\"to\":\"+15551234567\"}]                       | not a list",
        "{\"number\":\"+15551234567\"}                     | not an object",
        "{}                                                | not an object",
        "\"+15551234567,+15557654321\"                     | not several numbers",
        "\"+15551234567, 15557654321\"                     | not several numbers",
        "\"+15551234567;+15557654321\"                     | not several numbers",
        "\"+15551234567 +15557654321\"                     | not several numbers",
        "\"+15551234567 15557654321\"                      | not several numbers",
        "\"15551234567 15557654321\"                       | not several numbers",
        "\"+1 (555) 123-4567, +1 (555) 765-4321\"          | not several numbers",
        "\"+15551234567\\n+15557654321\"                    | not several numbers",
        "\"+15551234567\\u00a0+15557654321\"                | not several numbers",
        "\"+15551234567/+15557654321\"                     | not several numbers",
        "\"+15551234567+15557654321\"                      | not several numbers",
        "\"+15551234567،+15557654321\"                     | not several numbers",
        "\"+15551234567，15557654321\"                     | not several numbers",
        "\"＋15551234567；＋15557654321\"                  | not several numbers",
        "\"whatsapp:+15551234567,whatsapp:+15557654321\"   | not several numbers",
        "\"rcs:+15551234567,rcs:+15557654321\"             | not several numbers",
        "\"messenger:1234567890,messenger:1234567891\"     | not several numbers",
        "\"72975,72976\"                                   | not several numbers",
        "15551234567                                       | must be a text such as",
        "1.5551234567e10                                   | must be a text such as",
        "true                                              | must be a text such as",
      })
  void a_text_goes_to_one_person(String to, String error) {
    String body =
        "{\"to\":%s,\"conversationId\":\"%s\",\"text\":\"Hi\"}".formatted(to, CONVERSATION);
    assertThatThrownBy(() -> readText(body))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining(error);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+1 555 123 4567",
        "+1 (555) 123-4567",
        "+49 1512 3456789",
        "+33 6 12 34 56 78",
        "whatsapp:+1 555 123 4567",
        "messenger:1234567890",
        "72975"
      })
  void one_number_is_one_person_however_it_is_grouped(String to) {
    assertThat(
            readText(
                "{\"to\":\"%s\",\"conversationId\":\"%s\",\"text\":\"Hi\"}"
                    .formatted(to, CONVERSATION)))
        .isNotNull();
  }

  private SmsRequest readText(String body) {
    return json.read(body.getBytes(StandardCharsets.UTF_8), SmsRequest.class, OneRecipient::check);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-12-24T18:00:00+01:00,2026-12-24T17:00:00Z",
    "2026-12-24T17:00:00Z,2026-12-24T17:00:00Z",
    "2026-12-24t17:00:00z,2026-12-24T17:00:00Z",
    "2026-12-24T17:00:00+23:59,2026-12-23T17:01:00Z",
    "2026-12-24T17:00Z,2026-12-24T17:00:00Z",
    "2026-12-24T17:00:00.5Z,2026-12-24T17:00:00.500Z",
    "2026-12-24T17:00:00.123456789-03:30,2026-12-24T20:30:00.123456789Z",
    "2028-02-29T00:00:00+14:00,2028-02-28T10:00:00Z",
    "2026-12-24T17:00:00-00:00,2026-12-24T17:00:00Z"
  })
  void a_time_with_its_offset_is_a_moment(String typed, String moment) {
    assertThat(read(TEXT.formatted(",\"sendAt\":\"" + typed + "\""), SmsRequest.class).sendAt())
        .contains(moment);
    assertThat(
            read("{\"text\":\"Hi\",\"sendAt\":\"" + typed + "\"}", GroupSmsRequest.class).sendAt())
        .contains(moment);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"2026-12-24T17:00:00\"",
        "\"2026-12-24\"",
        "\"2026-12-24 17:00:00Z\"",
        "\"2026-12-24T17:00:00+0100\"",
        "\"2026-12-24T17:00:00+01\"",
        "\"2026-12-24T17:00:00+24:00\"",
        "\"2026-12-24T17:00:00+01:60\"",
        "\"2026-12-24T17:00:00,5Z\"",
        "\"2026-12-24T17:00:00.Z\"",
        "\"2026-12-24T17:00:00.1234567890Z\"",
        "\"2026-12-31T23:59:60Z\"",
        "\"2026-12-24T24:00:00Z\"",
        "\"2026-12-24T25:00:00Z\"",
        "\"2026-02-29T00:00:00Z\"",
        "\"2026-13-01T00:00:00Z\"",
        "\"10000-01-01T00:00:00Z\"",
        "\"+10000-01-01T00:00:00Z\"",
        "\"-0001-01-01T00:00:00Z\"",
        "\"٢٠٢٦-١٢-٢٤T١٧:٠٠:٠٠Z\"",
        "\"２０２６-12-24T17:00:00Z\"",
        "\"2026-12-24T17:00:00Z[Europe/Berlin]\"",
        "\"2026-12-24T17:00:00Z\\n\"",
        "\" 2026-12-24T17:00:00Z\"",
        "\"2026-W52-4T17:00:00Z\"",
        "\"2026-358T17:00:00Z\"",
        "\"20261224T170000Z\"",
        "\"tomorrow\"",
        "\"1798131600\"",
        "\"\"",
        "1798131600",
        "1798131600000",
        "1.5",
        "true",
        "[\"2026-12-24T17:00:00Z\"]",
        "{}"
      })
  void another_time_is_refused(String typed) {
    assertThatThrownBy(() -> read(TEXT.formatted(",\"sendAt\":" + typed), SmsRequest.class))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("sendAt must be a");
    assertThatThrownBy(
            () -> read("{\"text\":\"Hi\",\"sendAt\":" + typed + "}", GroupSmsRequest.class))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("sendAt must be a");
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
