package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * A page of the inbox.
 *
 * @param total how many there are in this state
 */
@RegisterForReflection
public record InboxPage(List<InboxView> items, long total, int offset, int limit) {}
