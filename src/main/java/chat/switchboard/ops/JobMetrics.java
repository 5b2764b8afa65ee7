package chat.switchboard.ops;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.FailedExecution;
import io.quarkus.scheduler.ScheduledExecution;
import io.quarkus.scheduler.SuccessfulExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Counts the runs of each scheduled job by outcome. */
@ApplicationScoped
class JobMetrics {

  private final MeterRegistry meters;

  JobMetrics(MeterRegistry meters) {
    this.meters = meters;
  }

  void succeeded(@Observes SuccessfulExecution run) {
    count(run.getExecution(), "ok");
  }

  void failed(@Observes FailedExecution run) {
    count(run.getExecution(), "failed");
  }

  private void count(ScheduledExecution run, String outcome) {
    // chat.switchboard.inbound.Sweeper#sweep is Sweeper.sweep.
    String method = run.getTrigger().getMethodDescription();
    String job = method.substring(method.lastIndexOf('.') + 1).replace('#', '.');
    meters.counter("switchboard.jobs", "job", job, "outcome", outcome).increment();
  }
}
