package chat.switchboard.hooks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The content of a webhook. A body that cannot be read as JSON is text, with the problem: an
 * authentic request is never lost because of its form.
 *
 * @param json the JSON value; missing if the body is text
 * @param text the body as text, at most {@link #LONGEST_TEXT} characters
 * @param problem why a body that should be JSON is not, as a sentence; empty otherwise
 */
record Payload(JsonNode json, String text, Optional<String> problem) {

  /** The largest body, in bytes. */
  static final int LARGEST_BODY = 1024 * 1024;

  /** The most levels of arrays and objects. The payloads of the known providers have at most 12. */
  static final int DEEPEST = 64;

  /** The most names, values, arrays and objects in one body: 1 MiB of real events has far fewer. */
  static final int MOST_TOKENS = 100_000;

  /** What is kept of a body that is text, in characters. */
  static final int LONGEST_TEXT = 16_000;

  private static final int LONGEST_POINTER = 256;

  private static final int MOST_FORM_FIELDS = 200;

  private static final Pattern CHARSET =
      Pattern.compile("charset\\s*=\\s*\"?([A-Za-z0-9_.:-]{1,40})", Pattern.CASE_INSENSITIVE);

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEEPEST)
                          .maxNumberLength(200)
                          .maxNameLength(1000)
                          .maxStringLength(LARGEST_BODY)
                          .build())
                  // Names come from outside: interning them would fill a table for ever.
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /**
   * Reads a body by its content type and its content: JSON, a form with the JSON in {@code
   * payload}, another form, or text. Of two fields with one name the last one counts, as in
   * JavaScript.
   *
   * @throws IllegalArgumentException for a body above {@link #LARGEST_BODY}
   */
  static Payload read(String contentType, byte[] body) {
    if (body.length > LARGEST_BODY) {
      throw new IllegalArgumentException("The body has more than " + LARGEST_BODY + " bytes");
    }
    String type = contentType.toLowerCase(Locale.ROOT);
    String decoded = decode(type, body).replace("\u0000", "\uFFFD");
    String text = decoded.startsWith("\uFEFF") ? decoded.substring(1) : decoded;
    if (type.startsWith("application/x-www-form-urlencoded") && !looksLikeJson(text)) {
      return form(text);
    }
    return type.contains("json") || looksLikeJson(text)
        ? json(text)
        : new Payload(MissingNode.getInstance(), cut(text), Optional.empty());
  }

  private static boolean looksLikeJson(String text) {
    String start = text.stripLeading();
    return start.startsWith("{") || start.startsWith("[");
  }

  private static Payload json(String text) {
    try {
      checkSize(text);
      JsonNode node = JSON.readTree(text);
      return new Payload(node, cut(text), Optional.empty());
    } catch (JsonProcessingException malformed) {
      return new Payload(MissingNode.getInstance(), cut(text), Optional.of(problem(malformed)));
    } catch (IOException | RuntimeException malformed) {
      return new Payload(
          MissingNode.getInstance(), cut(text), Optional.of("The body cannot be read as JSON"));
    }
  }

  /** Counts before anything is built, so that a body of braces does not become a million nodes. */
  private static void checkSize(String text) throws IOException {
    try (JsonParser parser = JSON.getFactory().createParser(text)) {
      int tokens = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (++tokens > MOST_TOKENS) {
          throw new IOException("too many");
        }
      }
    }
  }

  private static String problem(JsonProcessingException malformed) {
    String where =
        malformed.getLocation() == null
            ? ""
            : " at line "
                + malformed.getLocation().getLineNr()
                + ", column "
                + malformed.getLocation().getColumnNr();
    return "The body cannot be read as JSON" + where;
  }

  private static Payload form(String text) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String pair : text.split("&", MOST_FORM_FIELDS + 1)) {
      int equals = pair.indexOf('=');
      if (fields.size() < MOST_FORM_FIELDS && equals > 0) {
        fields.putIfAbsent(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
    }
    String payload = fields.get("payload");
    return payload != null && looksLikeJson(payload)
        ? json(payload)
        : new Payload(JSON.valueToTree(fields), cut(text), Optional.empty());
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return text;
    }
  }

  /** The text in the encoding of its byte order mark, of its type, or in UTF-8. */
  private static String decode(String type, byte[] body) {
    if (begins(body, 0xEF, 0xBB, 0xBF)) {
      return new String(body, 3, body.length - 3, StandardCharsets.UTF_8);
    }
    if (begins(body, 0xFE, 0xFF)) {
      return new String(body, 2, body.length - 2, StandardCharsets.UTF_16BE);
    }
    if (begins(body, 0xFF, 0xFE)) {
      return new String(body, 2, body.length - 2, StandardCharsets.UTF_16LE);
    }
    // RFC 4627, section 3: the first two characters of a JSON text are ASCII.
    if (body.length >= 4 && body[0] == 0 && body[1] != 0) {
      return new String(body, StandardCharsets.UTF_16BE);
    }
    if (body.length >= 4 && body[0] != 0 && body[1] == 0) {
      return new String(body, StandardCharsets.UTF_16LE);
    }
    return new String(body, charset(type));
  }

  private static Charset charset(String type) {
    Matcher named = CHARSET.matcher(type);
    try {
      return named.find() ? Charset.forName(named.group(1)) : StandardCharsets.UTF_8;
    } catch (IllegalArgumentException unknown) {
      return StandardCharsets.UTF_8;
    }
  }

  private static boolean begins(byte[] body, int... mark) {
    for (int at = 0; at < mark.length; at++) {
      if (body.length <= at || (body[at] & 0xFF) != mark[at]) {
        return false;
      }
    }
    return true;
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_TEXT
        ? text
        : text.substring(
            0,
            Character.isHighSurrogate(text.charAt(LONGEST_TEXT - 1))
                ? LONGEST_TEXT - 1
                : LONGEST_TEXT);
  }

  /** The value at a JSON pointer; missing if there is none, or the pointer is none. */
  JsonNode at(String pointer) {
    return pointer(pointer).map(json::at).orElse(MissingNode.getInstance());
  }

  /** The text of a string, number or boolean at a JSON pointer; empty for anything else. */
  Optional<String> scalar(String pointer) {
    JsonNode value = at(pointer);
    return value.isValueNode() && !value.isNull() ? Optional.of(value.asText()) : Optional.empty();
  }

  /** The pointer (RFC 6901), or empty if the text is none. */
  static Optional<JsonPointer> pointer(String text) {
    if (text == null
        || HookValidator.length(text) > LONGEST_POINTER
        || !(text.isEmpty() || text.charAt(0) == '/')) {
      return Optional.empty();
    }
    for (int at = text.indexOf('~'); at >= 0; at = text.indexOf('~', at + 1)) {
      if (at + 1 == text.length() || (text.charAt(at + 1) != '0' && text.charAt(at + 1) != '1')) {
        return Optional.empty();
      }
    }
    return Optional.of(JsonPointer.compile(text));
  }
}
