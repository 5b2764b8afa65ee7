package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A page of a list.
 *
 * @param total the number of items in all pages; 1001 means more than 1,000
 */
@RegisterForReflection
@Schema(requiredProperties = {"items", "total", "offset", "limit"})
public record PageView<V>(
    List<V> items, @Schema(description = Page.TOTAL) long total, int offset, int limit) {}
