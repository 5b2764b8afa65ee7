package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;

/** Reads a body as one JSON object, strictly: what could be read in two ways is refused. */
@ApplicationScoped
class JsonBody {

  /** MongoDB takes documents nested to 100 levels; metadata sits a few levels down. */
  private static final int DEEPEST = 64;

  private final JsonMapper mapper =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** The object in this body. */
  ObjectNode read(byte[] body) {
    if (body.length == 0) {
      throw ProblemException.of(400, "The body is empty; a JSON object is expected");
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

  /** Where it goes wrong; not the parser's own words, which can quote the text. */
  private static String where(JsonProcessingException malformed) {
    var location = malformed.getLocation();
    return location == null
        ? "it cannot be read"
        : "it cannot be read at line "
            + location.getLineNr()
            + ", column "
            + location.getColumnNr();
  }
}
