package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What the doctor found. */
@RegisterForReflection
public record DoctorView(
    @Schema(description = "The worst of all: ok, warn or fail") String status,
    List<CheckView> checks) {}
