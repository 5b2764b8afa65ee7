package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import chat.switchboard.outbound.TemplateMessage;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The template of a text. */
@RegisterForReflection
@Schema(
    name = "NewTemplateText",
    description = "A template of Twilio's Content API (GET /api/templates), with its variables")
record TemplateRequest(
    @Schema(
            required = true,
            pattern = "^" + TemplateMessage.CONTENT_SID + "$",
            examples = "HX0123456789abcdef0123456789abcdef")
        String contentSid,
    @Schema(
            description =
                "The values of all variables of the template, by name: at most 100, each of at most "
                    + "1,600 characters")
        Map<String, String> variables) {

  static final int MOST = 100;

  /** In characters. */
  static final int LONGEST = 1_600;

  /** The names of variables. */
  static final String NAME = "^[A-Za-z0-9_]{1,64}$";

  TemplateRequest {
    contentSid = RequestFields.needed("template.contentSid", contentSid);
    if (!TemplateMessage.isContentSid(contentSid)) {
      throw ProblemException.of(400, "template.contentSid must be HX and 32 hexadecimal digits");
    }
    variables = variables == null ? Map.of() : variables;
    if (variables.size() > MOST) {
      throw ProblemException.of(400, "template.variables must not have more than 100 variables");
    }
    variables.forEach(TemplateRequest::check);
    variables = Map.copyOf(variables);
  }

  /** Refuses null in the place of an object. */
  static void check(JsonNode body) {
    JsonNode template = body.path("template");
    if (template.isNull()) {
      throw ProblemException.of(400, "template must be an object");
    }
    if (template.path("variables").isNull()) {
      throw ProblemException.of(400, "template.variables must be an object");
    }
  }

  private static void check(String name, String value) {
    if (!name.matches(NAME)) {
      throw ProblemException.of(
          400, "The names in template.variables are up to 64 letters, digits and underscores");
    }
    if (value == null) {
      throw ProblemException.of(400, "template.variables." + name + " must be a text");
    }
    if (value.codePointCount(0, value.length()) > LONGEST) {
      throw ProblemException.of(
          400, "template.variables." + name + " must not be longer than 1600 characters");
    }
    if (!value.isBlank()) {
      RequestFields.sendable(value);
    }
  }

  TemplateMessage message() {
    return new TemplateMessage(contentSid, variables);
  }
}
