package chat.switchboard.api;

import chat.switchboard.hooks.Condition;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A condition of a hook, in a request and in a response. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_ABSENT)
@Schema(
    name = "HookCondition",
    description = "A condition on the payload; exactly one of in, notIn and exists is set")
record HookConditionRequest(
    @Schema(
            required = true,
            maxLength = 256,
            description = "A JSON pointer (RFC 6901) into the payload",
            examples = "/action")
        Optional<String> pointer,
    @Schema(description = "The value is one of these, 1 to 50") Optional<List<String>> in,
    @Schema(description = "The value is none of these, 1 to 50") Optional<List<String>> notIn,
    @Schema(description = "Whether there is a value") Optional<Boolean> exists) {

  static HookConditionRequest of(Condition condition) {
    return new HookConditionRequest(
        Optional.of(condition.pointer()),
        Optional.ofNullable(condition.in()),
        Optional.ofNullable(condition.notIn()),
        Optional.ofNullable(condition.exists()));
  }

  Condition condition() {
    return new Condition(
        pointer.orElse(null), in.orElse(null), notIn.orElse(null), exists.orElse(null));
  }
}
