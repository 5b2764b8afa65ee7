package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The most recent messages, the newest first. */
@RegisterForReflection
@Schema(requiredProperties = {"items"})
public record FeedView(List<FeedItemView> items) {}
