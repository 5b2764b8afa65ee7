package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of a user's choice for the conversations that texts of a phone open. */
@RegisterForReflection
@Schema(name = "PhoneChoice")
record PhoneChoiceRequest(
    @Schema(
            required = true,
            maxLength = 200,
            description = "LibreChat's endpoint; empty: the default",
            examples = "agents")
        Optional<String> endpoint,
    @Schema(maxLength = 200, description = "The model; needs an endpoint") Optional<String> model,
    @Schema(
            maxLength = 200,
            description = "The agent; required with the endpoint agents, and only there")
        Optional<String> agentId) {

  private static final String AGENTS = "agents";
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}\\p{Zl}\\p{Zp}\\p{Cs}]{1,200}");

  PhoneChoiceRequest {
    if (endpoint.isEmpty()) {
      throw ProblemException.of(400, "endpoint is required; an empty text is the default");
    }
    endpoint = name("endpoint", endpoint);
    model = name("model", model);
    agentId = name("agentId", agentId);
    if (endpoint.isEmpty() && (model.isPresent() || agentId.isPresent())) {
      throw ProblemException.of(400, "model and agentId need an endpoint");
    }
    boolean isAgents = endpoint.filter(AGENTS::equals).isPresent();
    if (isAgents != agentId.isPresent()) {
      throw ProblemException.of(
          400, "agentId is required with the endpoint agents, and only there");
    }
  }

  private static Optional<String> name(String field, Optional<String> value) {
    Optional<String> name = value.map(String::strip).filter(given -> !given.isEmpty());
    if (name.filter(given -> !NAME.matcher(given).matches()).isPresent()) {
      throw ProblemException.of(400, field + " must be one line of at most 200 characters");
    }
    return name;
  }
}
