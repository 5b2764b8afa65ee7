package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import chat.switchboard.outbound.OutsideWindow;
import chat.switchboard.outbound.TextFormat;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Binds a body to the record of its request, strictly: an ambiguous body is refused, and no value
 * is converted to another type. A missing field and null are the same. Fields that the record does
 * not have are ignored.
 */
@Singleton
class JsonBody {

  /** MongoDB takes documents nested to 100 levels; metadata is a few levels deep. */
  private static final int DEEPEST = 64;

  private final JsonMapper mapper =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .addModule(new Jdk8Module())
          .addModule(
              new SimpleModule()
                  .addDeserializer(TextFormat.class, new StrictWord<>(TextFormat.class))
                  .addDeserializer(OutsideWindow.class, new StrictWord<>(OutsideWindow.class)))
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfigDefaults(
              config -> config.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
          .withCoercionConfig(
              LogicalType.Textual,
              config -> {
                config.setCoercion(CoercionInputShape.EmptyString, CoercionAction.TryConvert);
                config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
              })
          .build();

  /**
   * @param type a record whose constructor checks its fields and throws {@link ProblemException}
   * @throws ProblemException 400, with one sentence that names the field
   */
  <T> T read(byte[] body, Class<T> type) {
    return bound(object(body), type);
  }

  private <T> T bound(ObjectNode object, Class<T> type) {
    try {
      return mapper.treeToValue(object, type);
    } catch (JsonProcessingException refused) {
      throw refusal(refused);
    }
  }

  /**
   * The same, with a check of the object before it is bound.
   *
   * @param check throws {@link ProblemException} for a body that is refused with a sentence of its
   *     own
   */
  <T> T read(byte[] body, Class<T> type, Consumer<JsonNode> check) {
    ObjectNode object = object(body);
    check.accept(object);
    return bound(object, type);
  }

  private ObjectNode object(byte[] body) {
    if (body.length == 0) {
      throw ProblemException.of(400, "The body is empty; it must be a JSON object");
    }
    JsonNode node;
    try {
      node = mapper.readTree(body);
    } catch (JsonProcessingException malformed) {
      throw ProblemException.of(400, "The body is not valid JSON: " + where(malformed));
    } catch (IOException malformed) {
      throw ProblemException.of(400, "The body is not valid JSON in UTF-8");
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw ProblemException.of(400, "The body must be a JSON object");
  }

  /** Returns the position of the error, without the parser's message, which can quote the text. */
  private static String where(JsonProcessingException malformed) {
    var location = malformed.getLocation();
    return location == null
        ? "syntax error"
        : "syntax error at line " + location.getLineNr() + ", column " + location.getColumnNr();
  }

  private static RuntimeException refusal(JsonProcessingException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ProblemException refused) {
        return refused;
      }
    }
    if (failure instanceof MismatchedInputException mismatch && !mismatch.getPath().isEmpty()) {
      return ProblemException.of(
          400, path(mismatch) + " must be " + expected(mismatch.getTargetType()));
    }
    return new IllegalStateException("The record of a request cannot be made", failure);
  }

  /** Returns the place of a value, such as {@code when[0].in}. */
  private static String path(MismatchedInputException mismatch) {
    StringBuilder path = new StringBuilder();
    for (var step : mismatch.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return path.toString();
  }

  private static String expected(Class<?> type) {
    if (Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    if (Map.class.isAssignableFrom(type) || type.isRecord()) {
      return "an object";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    return type.isEnum() ? names(type) : "a text";
  }

  private static String names(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(" or "));
  }

  /**
   * Accepts only the words that the description lists, neither null nor another case: Jackson's own
   * deserializer also accepts {@code " text"}.
   */
  private static final class StrictWord<E extends Enum<E>> extends StdDeserializer<E> {

    private static final long serialVersionUID = 1L;

    private final Class<E> type;

    StrictWord(Class<E> type) {
      super(type);
      this.type = type;
    }

    @Override
    public E deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      String word = parser.getValueAsString();
      for (E constant : type.getEnumConstants()) {
        if (constant.name().toLowerCase(Locale.ROOT).equals(word)) {
          return constant;
        }
      }
      return context.reportInputMismatch(type, "None of the words");
    }

    @Override
    public E getNullValue(DeserializationContext context)
        throws com.fasterxml.jackson.databind.JsonMappingException {
      return context.reportInputMismatch(type, "None of the words");
    }

    @Override
    public Object getAbsentValue(DeserializationContext context) {
      return null;
    }
  }
}
