package chat.switchboard.mcp;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.TestDatabase;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Calls tools as LibreChat does: JSON-RPC by HTTP, with its headers.
 *
 * @param server the address of the service; empty for the application under test
 */
record McpClient(Optional<String> server, Map<String, String> headers) {

  /** A client without a user, as LibreChat connects at its start. */
  static McpClient withoutUser() {
    return new McpClient(Optional.empty(), Map.of("X-API-Key", TestDatabase.API_KEY));
  }

  static McpClient of(String user, String conversation) {
    return withoutUser()
        .with("X-LibreChat-User", user)
        .with("X-LibreChat-Conversation", conversation);
  }

  static McpClient of(String user) {
    return withoutUser().with("X-LibreChat-User", user);
  }

  /** The same with one more header; null takes the header away. */
  McpClient with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    if (value == null) {
      more.remove(name);
    } else {
      more.put(name, value);
    }
    return new McpClient(server, more);
  }

  /** The same at the service of this address. */
  McpClient at(String address) {
    return new McpClient(Optional.of(address), headers);
  }

  RequestSpecification request() {
    Map<String, String> all = new HashMap<>(headers);
    all.putIfAbsent("Accept", "application/json, text/event-stream");
    RequestSpecification request = given().headers(all).contentType("application/json");
    return server.map(request::baseUri).orElse(request);
  }

  Response rpc(String method, Object params) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("jsonrpc", "2.0");
    message.put("id", 7);
    message.put("method", method);
    if (params != null) {
      message.put("params", params);
    }
    return request().body(message).post("/mcp");
  }

  /** The result of a tool. */
  record Result(boolean isError, String text) {}

  Result call(String tool, Map<String, ?> arguments) {
    Response response = rpc("tools/call", Map.of("name", tool, "arguments", arguments));
    assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
    JsonPath json = response.jsonPath();
    assertThat(json.getInt("id")).isEqualTo(7);
    assertThat(json.<Object>get("error")).as(response.asString()).isNull();
    assertThat(json.getList("result.content")).hasSize(1);
    return new Result(json.getBoolean("result.isError"), json.getString("result.content[0].text"));
  }

  /** The text of a tool that succeeds. */
  String ok(String tool, Map<String, ?> arguments) {
    Result result = call(tool, arguments);
    assertThat(result.isError()).as(result.text()).isFalse();
    return result.text();
  }

  /** The text of a tool that refuses. */
  String refused(String tool, Map<String, ?> arguments) {
    Result result = call(tool, arguments);
    assertThat(result.isError()).as(result.text()).isTrue();
    return result.text();
  }
}
