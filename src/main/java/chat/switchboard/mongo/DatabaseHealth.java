package chat.switchboard.mongo;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Whether the database can be reached, by the driver's heartbeats of every {@value
 * DatabaseWatch#LOOK_EVERY_SECONDS} s: this check sends no command, unlike the check of Quarkus,
 * which sends a {@code ping} for each client and request.
 */
@Readiness
@ApplicationScoped
class DatabaseHealth implements HealthCheck {

  private final DatabaseWatch database;

  DatabaseHealth(DatabaseWatch database) {
    this.database = database;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("database");
    return database.isReachable()
        ? response.up().build()
        : response.down().withData("cause", "the database cannot be reached").build();
  }
}
