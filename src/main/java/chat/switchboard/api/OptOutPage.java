package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * A page of those who have opted out.
 *
 * @param total how many there are
 */
@RegisterForReflection
public record OptOutPage(List<OptOutView> items, long total, int offset, int limit) {}
