package chat.switchboard.mongo;

import chat.switchboard.ops.Check;
import chat.switchboard.ops.ClockSkew;
import chat.switchboard.ops.Finding;
import chat.switchboard.ops.MachineTime;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Date;

/** Compares this machine's clock with the database server's. */
@ApplicationScoped
class DatabaseClockCheck implements Check {

  private final ServerInfo facts;
  private final Clock clock;

  DatabaseClockCheck(ServerInfo facts, @MachineTime Clock clock) {
    this.facts = facts;
    this.clock = clock;
  }

  @Override
  public Area area() {
    return Area.DATABASE;
  }

  @Override
  public String name() {
    return "Clock";
  }

  @Override
  public Uni<Finding> look() {
    return facts
        .hello()
        .map(
            hello ->
                hello.get("localTime") instanceof Date theirs
                    ? ClockSkew.between("MongoDB's", theirs.toInstant(), clock.instant())
                    : Finding.ok("This server does not tell its time."));
  }
}
