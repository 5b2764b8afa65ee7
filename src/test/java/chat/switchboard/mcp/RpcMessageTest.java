package chat.switchboard.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class RpcMessageTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "nul",
        "{\"jsonrpc\":\"2.0\",\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"} {}",
        "{\"jsonrpc\":\"2.0\",\"id\":1e,\"method\":\"ping\"}"
      })
  void a_body_that_is_no_json_is_malformed(String body) throws IOException {
    RpcMessage message = of(body);
    assertThat(message).isInstanceOf(RpcMessage.Refused.class);
    RpcMessage.Refused refused = (RpcMessage.Refused) message;
    assertThat(refused.isMalformed()).isTrue();
    assertThat(tree(refused.body()).path("id").isNull()).isTrue();
  }

  @Test
  void deeply_nested_json_is_malformed() {
    assertThat(of("[".repeat(50_000))).isInstanceOf(RpcMessage.Refused.class);
    String nested = "{\"a\":".repeat(100) + "1" + "}".repeat(100);
    assertThat(
            of(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\":"
                    + nested
                    + "}"))
        .isInstanceOf(RpcMessage.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "1",
        "\"ping\"",
        "[]",
        "[1]",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]",
        "{}",
        "{\"id\":1,\"method\":\"ping\"}",
        "{\"jsonrpc\":2.0,\"id\":1,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":null}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1e400,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":99999999999999999999,\"method\":\"ping\"}"
      })
  void a_message_with_a_field_of_another_type_is_an_invalid_request(String body)
      throws IOException {
    RpcMessage message = of(body);
    assertThat(message).isInstanceOf(RpcMessage.Refused.class);
    assertThat(tree(((RpcMessage.Refused) message).body()).at("/error/code").intValue())
        .isEqualTo(-32600);
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of("resources/list", "{}", -32601),
        Arguments.of("q/close", "{}", -32601),
        Arguments.of("logging/setLevel", "{}", -32601),
        Arguments.of("Tools/List", "{}", -32601),
        Arguments.of("", "{}", -32601),
        Arguments.of("ping", "[]", -32602),
        Arguments.of("tools/list", "\"all\"", -32602),
        Arguments.of("tools/list", "{\"cursor\":\"MjA=\"}", -32602),
        Arguments.of("tools/call", "null", -32602),
        Arguments.of("tools/call", "{}", -32602),
        Arguments.of("tools/call", "{\"name\":null}", -32602),
        Arguments.of("tools/call", "{\"name\":[\"send_text\"]}", -32602),
        Arguments.of("tools/call", "{\"name\":\"send_sms\"}", -32602),
        Arguments.of("tools/call", "{\"name\":\"SEND_TEXT\"}", -32602),
        Arguments.of("initialize", "{}", -32602),
        Arguments.of("initialize", "{\"protocolVersion\":1}", -32602));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void a_request_for_something_that_is_not_there_is_refused_under_its_id(
      String method, String params, int code) throws IOException {
    RpcMessage message =
        of(
            "{\"jsonrpc\":\"2.0\",\"id\":\"a-1\",\"method\":\""
                + method
                + "\",\"params\":"
                + params
                + "}");
    assertThat(message).isInstanceOf(RpcMessage.Refused.class);
    JsonNode answer = tree(((RpcMessage.Refused) message).body());
    assertThat(answer.at("/error/code").intValue()).isEqualTo(code);
    assertThat(answer.path("id").textValue()).isEqualTo("a-1");
  }

  @Test
  void a_name_of_10_KB_is_refused_and_not_repeated() throws IOException {
    String name = "x".repeat(10_240);
    for (String body :
        new String[] {
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + name + "\"}",
          "{\"jsonrpc\":\"2.0\",\"id\":\"" + name + "\",\"method\":\"ping\"}",
          call(name, "{}"),
        }) {
      RpcMessage message = of(body);
      assertThat(message).isInstanceOf(RpcMessage.Refused.class);
      assertThat(((RpcMessage.Refused) message).body().length).isLessThan(400);
    }
    RpcMessage misused = of(call("send_text", "{\"" + name + "\":1}"));
    assertThat(((RpcMessage.Misused) misused).sentence()).doesNotContain("xxx");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":7}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{\"name\":\"send_text\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1,\"message\":\"no\"}}"
      })
  void notifications_and_responses_have_no_effect(String body) {
    assertThat(of(body)).isInstanceOf(RpcMessage.Accepted.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "0", "-7", "9007199254740993", "\"\"", "\"a\"", "\"名前\""})
  void an_id_is_passed_on_as_it_came(String id) throws IOException {
    RpcMessage message = of("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}");
    assertThat(tree(((RpcMessage.Request) message).body()).path("id")).isEqualTo(JSON.readTree(id));
  }

  @Test
  void the_framework_gets_the_checked_parts_alone() throws IOException {
    RpcMessage message =
        of(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"extra\":[],\"params\":"
                + "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":[],\"clientInfo\":\"me\"}}");
    assertThat(tree(((RpcMessage.Request) message).body()))
        .isEqualTo(
            JSON.readTree(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":"
                    + "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},"
                    + "\"clientInfo\":{\"name\":\"client\",\"version\":\"1\"}}}"));
    RpcMessage call =
        of(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":"
                + "{\"name\":\"recent_texts\",\"_meta\":{\"progressToken\":[]},"
                + "\"arguments\":{\"limit\":null}}}");
    assertThat(tree(((RpcMessage.Request) call).body()).path("params"))
        .isEqualTo(JSON.readTree("{\"name\":\"recent_texts\",\"arguments\":{}}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "5.0", "5e0", "50e-1"})
  void a_whole_number_may_have_every_form_that_json_schema_calls_an_integer(String number)
      throws IOException {
    RpcMessage message = of(call("recent_texts", "{\"limit\":" + number + "}"));
    assertThat(tree(((RpcMessage.Request) message).body()).at("/params/arguments"))
        .isEqualTo(JSON.readTree("{\"limit\":5}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "\\udc00x", "\\u0000", "\\u202e"})
  void an_id_of_odd_characters_is_answered(String id) throws IOException {
    for (String method : new String[] {"ping", "nothing"}) {
      RpcMessage message =
          of("{\"jsonrpc\":\"2.0\",\"id\":\"" + id + "\",\"method\":\"" + method + "\"}");
      byte[] body =
          message instanceof RpcMessage.Request request
              ? request.body()
              : ((RpcMessage.Refused) message).body();
      assertThat(tree(body).path("id")).isEqualTo(JSON.readTree("\"" + id + "\""));
    }
  }

  static Stream<Arguments> misuses() {
    return Stream.of(
        Arguments.of("send_text", "[]", "must be an object"),
        Arguments.of("send_text", "\"+1555\"", "must be an object"),
        Arguments.of("send_text", "{}", "to is required"),
        Arguments.of("send_text", "{\"to\":null,\"text\":\"x\"}", "to is required"),
        Arguments.of("send_text", "{\"to\":\"p1\"}", "text is required"),
        Arguments.of("send_text", "{\"to\":15551234567,\"text\":\"x\"}", "to must be a text"),
        Arguments.of("send_text", "{\"to\":[\"a\",\"b\"],\"text\":\"x\"}", "once for each"),
        Arguments.of("send_text", "{\"to\":\"p1\",\"text\":{}}", "text must be a text"),
        Arguments.of("send_text", "{\"to\":\"p1\",\"text\":\" \\n\"}", "must not be empty"),
        Arguments.of(
            "send_text", "{\"to\":\"p1\",\"text\":\"x\",\"again\":\"yes\"}", "true or false"),
        Arguments.of(
            "send_text",
            "{\"to\":\"p1\",\"text\":\"x\",\"media\":[]}",
            "no other arguments than to, text, again"),
        Arguments.of("people_here", "{\"conversation\":\"x\"}", "no arguments"),
        Arguments.of("recent_texts", "{\"limit\":\"10\"}", "a whole number"),
        Arguments.of("recent_texts", "{\"limit\":2.5}", "a whole number"),
        Arguments.of("recent_texts", "{\"limit\":1e400}", "a whole number"),
        Arguments.of("recent_texts", "{\"limit\":1e300}", "from 1 to 20"),
        Arguments.of("recent_texts", "{\"limit\":0.0}", "from 1 to 20"),
        Arguments.of("recent_texts", "{\"limit\":0}", "from 1 to 20"),
        Arguments.of("recent_texts", "{\"limit\":21}", "from 1 to 20"),
        Arguments.of("recent_texts", "{\"limit\":4294967297}", "from 1 to 20"),
        Arguments.of("recent_texts", "{\"limit\":99999999999999999999}", "from 1 to 20"),
        Arguments.of("text_status", "{\"id\":\"" + "x".repeat(101) + "\"}", "than 100 characters"),
        Arguments.of(
            "send_text",
            "{\"to\":\"p1\",\"text\":\"" + "x".repeat(1_601) + "\"}",
            "longer than 1600 characters, and has 1601"));
  }

  @ParameterizedTest
  @MethodSource("misuses")
  void wrong_arguments_are_a_tool_error_that_names_the_argument(
      String tool, String arguments, String sentence) throws IOException {
    RpcMessage message = of(call(tool, arguments));
    assertThat(message).isInstanceOf(RpcMessage.Misused.class);
    JsonNode result = tree(((RpcMessage.Misused) message).body()).path("result");
    assertThat(result.path("isError").booleanValue()).isTrue();
    assertThat(result.at("/content/0/text").textValue()).contains(sentence);
  }

  @ParameterizedTest
  @ValueSource(strings = {"😀", "字", "ñ", "ש", "𝒳", "क", "é"})
  void lengths_are_counted_in_code_points(String letter) {
    String longest = letter.repeat(1_600 / letter.codePointCount(0, letter.length()));
    assertThat(of(call("send_text", "{\"to\":\"p1\",\"text\":\"" + longest + "\"}")))
        .isInstanceOf(RpcMessage.Request.class);
    assertThat(of(call("send_text", "{\"to\":\"p1\",\"text\":\"" + longest + "xx\"}")))
        .isInstanceOf(RpcMessage.Misused.class);
  }

  private static String call(String tool, String arguments) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\""
        + tool
        + "\",\"arguments\":"
        + arguments
        + "}}";
  }

  private static RpcMessage of(String body) {
    return RpcMessage.of(body.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode tree(byte[] body) throws IOException {
    return JSON.readTree(body);
  }
}
