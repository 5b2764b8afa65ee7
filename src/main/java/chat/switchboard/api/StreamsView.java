package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The streams that are open at one replica. */
@RegisterForReflection
@Schema(requiredProperties = {"open", "limit", "inFlight", "replica", "simulator"})
public record StreamsView(
    @Schema(description = "Streams that are open now") int open,
    @Schema(description = "How many there may be") int limit,
    @Schema(description = "Messages that are on their way now") int inFlight,
    @Schema(description = "The host name of the replica that answers") String replica,
    @Schema(description = "Whether there is a phone simulator: in dev mode only")
        boolean simulator) {}
