package chat.switchboard.hooks;

import chat.switchboard.ops.Periodic;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/** Encrypts stored secrets with the newest key, soon after a start with another first key. */
@ApplicationScoped
class SealingJob {

  private static final Periodic PERIODIC =
      new Periodic(Logger.getLogger(SealingJob.class), "Encrypting the secrets of hooks again");

  private final HookAdmin hooks;

  SealingJob(HookAdmin hooks) {
    this.hooks = hooks;
  }

  @Scheduled(
      every = "1h",
      delayed = "30s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> run() {
    return PERIODIC.run(hooks.sealAgain());
  }
}
