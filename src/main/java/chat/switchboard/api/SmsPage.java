package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * A page of the outbox.
 *
 * @param total how many there are
 */
@RegisterForReflection
public record SmsPage(List<SmsView> items, long total, int offset, int limit) {}
