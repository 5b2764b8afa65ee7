package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import chat.switchboard.inbound.CleanText;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;

/** Turns the metadata of a request into a document that MongoDB can store. */
final class MetadataReader {

  private MetadataReader() {}

  /** Returns the metadata of this request; an empty document if there is none. */
  static Document read(JsonNode metadata) {
    if (metadata == null || metadata.isNull()) {
      return new Document();
    }
    if (metadata instanceof ObjectNode object) {
      return document(object);
    }
    throw ProblemException.of(400, "metadata must be a JSON object");
  }

  private static Document document(ObjectNode object) {
    Document document = new Document();
    object
        .properties()
        .forEach(entry -> document.append(key(entry.getKey()), value(entry.getValue())));
    return document;
  }

  /** MongoDB interprets a dollar sign and a dot in a name as operator and path. */
  private static String key(String name) {
    if (name.isEmpty()
        || name.startsWith("$")
        || name.indexOf('.') >= 0
        || name.indexOf('\0') >= 0) {
      throw ProblemException.of(
          400, "Field names in metadata must not be empty, begin with $, or contain a dot or NUL");
    }
    return CleanText.of(name);
  }

  private static Object value(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> document((ObjectNode) node);
      case ARRAY -> list(node);
      case STRING -> CleanText.of(node.textValue());
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> number(node);
      default -> null;
    };
  }

  private static List<Object> list(JsonNode array) {
    List<Object> values = new ArrayList<>(array.size());
    array.forEach(item -> values.add(value(item)));
    return values;
  }

  private static Number number(JsonNode node) {
    if (node.canConvertToInt() && node.isIntegralNumber()) {
      return node.intValue();
    }
    if (node.canConvertToLong() && node.isIntegralNumber()) {
      return node.longValue();
    }
    if (node.isIntegralNumber() || Double.isInfinite(node.doubleValue())) {
      throw ProblemException.of(400, "A number in metadata is too large; send it as a string");
    }
    return node.doubleValue();
  }
}
