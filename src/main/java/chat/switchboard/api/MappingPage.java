package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A page of mappings.
 *
 * @param total how many there are
 */
@RegisterForReflection
@Schema(requiredProperties = {"items", "total", "offset", "limit"})
public record MappingPage(List<MappingView> items, long total, int offset, int limit) {}
