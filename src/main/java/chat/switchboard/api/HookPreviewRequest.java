package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A sample to try a hook with. */
@RegisterForReflection
@Schema(name = "HookSample", description = "A webhook of the service, to try a hook with")
record HookPreviewRequest(
    @Schema(
            description =
                "The headers of the webhook, at most 100; with the signature the response says "
                    + "whether the signature is right",
            examples = "{\"X-GitHub-Event\":\"push\"}")
        Optional<Map<String, String>> headers,
    @Schema(
            required = true,
            implementation = Object.class,
            description =
                "The body: a text with the exact bytes, which a signature needs, or the JSON itself")
        JsonNode body) {

  private static final int MOST_HEADERS = 100;
  private static final int LONGEST_VALUE = 8192;
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}");

  HookPreviewRequest {
    if (body == null || body.isMissingNode()) {
      throw ProblemException.of(400, "body is required");
    }
    if (headers.orElse(Map.of()).size() > MOST_HEADERS) {
      throw ProblemException.of(400, "headers must not have more than 100 items");
    }
    headers
        .orElse(Map.of())
        .forEach(
            (name, value) -> {
              if (!NAME.matcher(name).matches()
                  || value == null
                  || value.length() > LONGEST_VALUE) {
                throw ProblemException.of(
                    400,
                    "headers must be names of HTTP headers with texts of at most 8192 characters");
              }
            });
  }

  /** The body as a service sends it. */
  String text() {
    return body.isTextual() ? body.textValue() : body.toString();
  }
}
