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
    name = HookConditionRequest.SCHEMA,
    description =
        "A condition on the payload: all of in, notIn and exists that are set must hold; if none "
            + "is set, the payload must have a value")
record HookConditionRequest(
    @Schema(
            required = true,
            pattern = "^(?:/(?:[^~/]|~[01])*)*$",
            maxLength = 256,
            description = "A JSON pointer (RFC 6901) into the payload",
            examples = "/action")
        Optional<String> pointer,
    @Schema(
            minItems = 1,
            maxItems = 50,
            description = "The value is one of these, or a list that contains one of these")
        Optional<List<String>> in,
    @Schema(
            minItems = 1,
            maxItems = 50,
            description = "The value is none of these; a missing value holds")
        Optional<List<String>> notIn,
    @Schema(description = "Whether there is a value") Optional<Boolean> exists) {

  static final String SCHEMA = "HookCondition";

  /** In code points. */
  static final int LONGEST_VALUE = 200;

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
