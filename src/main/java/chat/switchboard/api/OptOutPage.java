package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A page of those who have opted out.
 *
 * @param total the number of items; 1001 means more than 1,000
 */
@RegisterForReflection
@Schema(requiredProperties = {"items", "total", "offset", "limit"})
public record OptOutPage(
    List<OptOutView> items, @Schema(description = Page.TOTAL) long total, int offset, int limit) {}
