package chat.switchboard.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One argument of a tool: its part of the JSON schema that the model reads, and the check of the
 * values that the model sends.
 *
 * @param least the least length in code points, or the least value of an integer
 * @param most the greatest length in code points, or the greatest value of an integer
 */
record ToolArgument(
    String name, Type type, boolean required, int least, int most, String description) {

  /** The types of JSON that arguments have. */
  enum Type {
    TEXT("string", "a text"),
    NUMBER("integer", "a whole number"),
    FLAG("boolean", "true or false");

    private final String schema;
    private final String words;

    Type(String schema, String words) {
      this.schema = schema;
      this.words = words;
    }
  }

  static ToolArgument text(String name, int most, String description) {
    return new ToolArgument(name, Type.TEXT, true, 1, most, description);
  }

  static ToolArgument number(String name, int least, int most, String description) {
    return new ToolArgument(name, Type.NUMBER, false, least, most, description);
  }

  static ToolArgument flag(String name, String description) {
    return new ToolArgument(name, Type.FLAG, false, 0, 0, description);
  }

  Map<String, Object> schema() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", type.schema);
    schema.put("description", description);
    if (type == Type.TEXT) {
      schema.put("minLength", least);
      schema.put("maxLength", most);
    } else if (type == Type.NUMBER) {
      schema.put("minimum", least);
      schema.put("maximum", most);
    }
    return schema;
  }

  /** Returns why the value cannot be used, in one sentence; empty if the value is right. */
  Optional<String> fault(JsonNode value) {
    boolean fits =
        switch (type) {
          case TEXT -> value.isTextual();
          // In JSON Schema 5.0 is an integer as well.
          case NUMBER -> value.isNumber() && value.canConvertToExactIntegral();
          case FLAG -> value.isBoolean();
        };
    if (!fits) {
      return Optional.of(
          name
              + " must be "
              + type.words
              + (value.isArray() ? ": call the tool once for each" : ""));
    }
    return switch (type) {
      case TEXT -> textFault(value.textValue());
      case NUMBER ->
          value.canConvertToInt() && value.intValue() >= least && value.intValue() <= most
              ? Optional.empty()
              : Optional.of(name + " must be from " + least + " to " + most);
      case FLAG -> Optional.empty();
    };
  }

  private Optional<String> textFault(String value) {
    if (value.isBlank()) {
      return Optional.of(name + " must not be empty");
    }
    int length = value.codePointCount(0, value.length());
    return length <= most
        ? Optional.empty()
        : Optional.of(name + " must not be longer than " + most + " characters, and has " + length);
  }
}
