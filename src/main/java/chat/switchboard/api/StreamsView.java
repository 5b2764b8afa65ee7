package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The open streams of one replica. */
@RegisterForReflection
@Schema(requiredProperties = {"open", "limit", "inFlight", "replica", "simulator"})
public record StreamsView(
    @Schema(description = "The number of open streams") int open,
    @Schema(description = "The maximum number of open streams") int limit,
    @Schema(description = "The number of messages in progress") int inFlight,
    @Schema(description = "The host name of this replica") String replica,
    @Schema(description = "Whether there is a phone simulator: in dev mode only")
        boolean simulator) {}
