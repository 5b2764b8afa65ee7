package chat.switchboard.api;

import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The result of one check. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(requiredProperties = {"area", "name", "status", "says"})
public record CheckView(
    @Schema(examples = "twilio") String area,
    @Schema(examples = "Public URL") String name,
    @Schema(enumeration = {"ok", "warn", "fail"}) String status,
    @Schema(description = "The state that the check found") String says,
    @Schema(description = "The remedy; missing if no action is needed") String mend) {

  static CheckView of(Check check, Finding finding) {
    return new CheckView(
        check.area().name().toLowerCase(Locale.ROOT),
        check.name(),
        finding.status().name().toLowerCase(Locale.ROOT),
        finding.says(),
        finding.mend());
  }
}
