package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/** The messages that came last, the newest first. */
@RegisterForReflection
public record FeedView(List<FeedItemView> items) {}
