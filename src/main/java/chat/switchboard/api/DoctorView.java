package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The result of the doctor. */
@RegisterForReflection
@Schema(requiredProperties = {"status", "checks"})
public record DoctorView(
    @Schema(
            enumeration = {"ok", "warn", "fail"},
            description = "The worst level of all checks")
        String status,
    List<CheckView> checks) {}
