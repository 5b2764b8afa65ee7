package chat.switchboard.mcp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;

/**
 * A message of a client, reduced to the parts that this server uses. The framework trusts the types
 * of the fields of a message (a text in place of an object ends in a ClassCastException, and leaves
 * a session in its memory), so that only a message rebuilt from checked parts reaches it.
 */
sealed interface RpcMessage {

  int PARSE_ERROR = -32700;
  int INVALID_REQUEST = -32600;
  int METHOD_NOT_FOUND = -32601;
  int INVALID_PARAMS = -32602;

  /** The longest id of a request and the longest name of a method, in characters. */
  int LONGEST_NAME = 256;

  String ID = "id";

  /** A notification or a response: accepted, and without an effect on a server without sessions. */
  record Accepted() implements RpcMessage {}

  /** The message is refused with a JSON-RPC error. */
  record Refused(JsonNode id, int code, String sentence) implements RpcMessage {

    /** Whether the message is no request at all, which HTTP tells with the status 400. */
    boolean isMalformed() {
      return code == PARSE_ERROR || code == INVALID_REQUEST;
    }

    byte[] body() {
      ObjectNode error = JsonNodeFactory.instance.objectNode();
      error.put("code", code).put("message", sentence);
      return bytes(message(id).set("error", error));
    }
  }

  /** The call of a tool with arguments that the tool does not take. */
  record Misused(JsonNode id, String sentence) implements RpcMessage {

    byte[] body() {
      ObjectNode result = JsonNodeFactory.instance.objectNode();
      result.put("isError", true);
      result.putArray("content").addObject().put("type", "text").put("text", sentence);
      return bytes(message(id).set("result", result));
    }
  }

  /** A request that the framework answers. */
  record Request(ObjectNode message) implements RpcMessage {

    byte[] body() {
      return bytes(message);
    }
  }

  private static ObjectNode message(JsonNode id) {
    ObjectNode message = JsonNodeFactory.instance.objectNode();
    message.put("jsonrpc", "2.0");
    message.set(ID, id);
    return message;
  }

  private static byte[] bytes(JsonNode node) {
    try {
      return Parser.MAPPER.writeValueAsBytes(node);
    } catch (IOException impossible) {
      throw new IllegalStateException("A tree is always writable", impossible);
    }
  }

  /** Reads the body of a request. */
  static RpcMessage of(byte[] body) {
    JsonNode node;
    try {
      node = Parser.MAPPER.readTree(body);
    } catch (IOException malformed) {
      return new Refused(NullNode.instance, PARSE_ERROR, "The body is not valid JSON in UTF-8");
    }
    if (node != null && node.isArray()) {
      return refused("Batches are not supported: send one message in each request");
    }
    if (!(node instanceof ObjectNode object)) {
      return refused("The body must be one JSON-RPC message");
    }
    if (!"2.0".equals(object.path("jsonrpc").textValue())) {
      return refused("jsonrpc must be \"2.0\"");
    }
    JsonNode method = object.path("method");
    if (method.isMissingNode() && (object.has("result") || object.has("error"))) {
      return new Accepted();
    }
    if (!method.isTextual() || method.textValue().length() > LONGEST_NAME) {
      return refused("method must be a text");
    }
    return object.has(ID) ? request(object, method.textValue()) : new Accepted();
  }

  private static Refused refused(String sentence) {
    return new Refused(NullNode.instance, INVALID_REQUEST, sentence);
  }

  private static RpcMessage request(ObjectNode object, String method) {
    JsonNode id = object.get(ID);
    boolean isId =
        (id.isTextual() && id.textValue().length() <= LONGEST_NAME)
            || (id.isIntegralNumber() && id.canConvertToLong());
    if (!isId) {
      return refused("id must be a text of at most " + LONGEST_NAME + " characters or an integer");
    }
    JsonNode params = object.path("params");
    if (!params.isMissingNode() && !params.isObject()) {
      return new Refused(id, INVALID_PARAMS, "params must be an object");
    }
    return switch (method) {
      case "ping" -> new Request(message(id).put("method", method));
      case "tools/list" -> list(id, params, method);
      case "initialize" -> initialize(id, params, method);
      case "tools/call" -> call(id, params, method);
      default ->
          new Refused(
              id,
              METHOD_NOT_FOUND,
              "This server has tools alone: initialize, ping, tools/list and tools/call");
    };
  }

  /** All tools are on one page, so that no cursor was ever given out. */
  private static RpcMessage list(JsonNode id, JsonNode params, String method) {
    return params.hasNonNull("cursor")
        ? new Refused(id, INVALID_PARAMS, "The cursor is unknown")
        : new Request(message(id).put("method", method));
  }

  /** What the client says of itself changes no answer, and is not passed on. */
  private static RpcMessage initialize(JsonNode id, JsonNode params, String method) {
    JsonNode version = params.path("protocolVersion");
    if (!version.isTextual() || version.textValue().length() > LONGEST_NAME) {
      return new Refused(id, INVALID_PARAMS, "protocolVersion must be a text");
    }
    ObjectNode message = message(id).put("method", method);
    ObjectNode checked = message.putObject("params");
    checked.set("protocolVersion", version);
    checked.putObject("capabilities");
    checked.putObject("clientInfo").put("name", "client").put("version", "1");
    return new Request(message);
  }

  private static RpcMessage call(JsonNode id, JsonNode params, String method) {
    String tool = params.path("name").textValue();
    if (tool == null || !ToolCatalog.has(tool)) {
      return new Refused(id, INVALID_PARAMS, "No tool has this name: see tools/list");
    }
    JsonNode given = params.path("arguments");
    if (!given.isMissingNode() && !given.isNull() && !given.isObject()) {
      return new Misused(id, "The arguments must be an object");
    }
    ObjectNode arguments =
        given instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
    Optional<String> fault = ToolCatalog.fault(tool, arguments);
    if (fault.isPresent()) {
      return new Misused(id, fault.get() + ".");
    }
    ObjectNode message = message(id).put("method", method);
    ObjectNode checked = message.putObject("params").put("name", tool).putObject("arguments");
    arguments
        .properties()
        .forEach(
            one -> {
              JsonNode value = one.getValue();
              if (value.isNumber()) {
                checked.put(one.getKey(), value.intValue());
              } else if (!value.isNull()) {
                checked.set(one.getKey(), value);
              }
            });
    return new Request(message);
  }

  /** The strict parser: an ambiguous or deeply nested body is refused. */
  final class Parser {

    private static final int DEEPEST = 32;

    static final JsonMapper MAPPER =
        JsonMapper.builder(
                JsonFactory.builder()
                    .streamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Parser() {}
  }
}
