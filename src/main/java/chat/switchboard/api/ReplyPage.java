package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A page of messages that are to be answered.
 *
 * @param total how many there are in this state
 */
@RegisterForReflection
@Schema(requiredProperties = {"items", "total", "offset", "limit"})
public record ReplyPage(List<ReplyView> items, long total, int offset, int limit) {}
