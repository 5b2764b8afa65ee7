package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What the doctor found. */
@RegisterForReflection
@Schema(requiredProperties = {"status", "checks"})
public record DoctorView(
    @Schema(
            enumeration = {"ok", "warn", "fail"},
            description = "The worst of all")
        String status,
    List<CheckView> checks) {}
