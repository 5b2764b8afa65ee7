package chat.switchboard.feed;

import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.Readiness;

/** Reports whether new messages arrive by the server's change stream or by polling. */
@Singleton
class ChangeStreamCheck implements Check {

  private final FeedDriver feed;

  ChangeStreamCheck(@Readiness FeedDriver feed) {
    this.feed = feed;
  }

  @Override
  public Area area() {
    return Area.DATABASE;
  }

  @Override
  public String name() {
    return "Change stream";
  }

  @Override
  public Uni<Finding> look() {
    return Uni.createFrom().item(feed::finding);
  }
}
