package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * A page of mappings.
 *
 * @param total how many there are
 */
@RegisterForReflection
public record MappingPage(List<MappingView> items, long total, int offset, int limit) {}
