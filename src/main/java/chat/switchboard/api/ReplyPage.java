package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * A page of messages that are to be answered.
 *
 * @param total how many there are in this state
 */
@RegisterForReflection
public record ReplyPage(List<ReplyView> items, long total, int offset, int limit) {}
