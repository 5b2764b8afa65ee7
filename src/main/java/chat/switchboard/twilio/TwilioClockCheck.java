package chat.switchboard.twilio;

import chat.switchboard.ops.Check;
import chat.switchboard.ops.ClockSkew;
import chat.switchboard.ops.Finding;
import chat.switchboard.ops.MachineTime;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;

/** Compares this machine's clock with Twilio's. */
@ApplicationScoped
class TwilioClockCheck implements Check {

  private final TwilioApi twilio;
  private final Clock clock;

  TwilioClockCheck(TwilioApi twilio, @MachineTime Clock clock) {
    this.twilio = twilio;
    this.clock = clock;
  }

  @Override
  public Area area() {
    return Area.TWILIO;
  }

  @Override
  public String name() {
    return "Clock";
  }

  @Override
  public Uni<Finding> look() {
    return twilio
        .get("IncomingPhoneNumbers.json?PageSize=1")
        .map(
            asked ->
                asked
                    .map(
                        answer ->
                            answer
                                .date()
                                .map(
                                    theirs ->
                                        ClockSkew.between("Twilio's", theirs, clock.instant()))
                                .orElseGet(() -> Finding.ok("Twilio did not tell its time.")))
                    .onFailure()
                    .recoverWithItem(
                        failure ->
                            Finding.warn(
                                "The clock could not be compared with Twilio's.",
                                "See the check of the numbers' webhook.")))
        .orElseGet(
            () ->
                Uni.createFrom()
                    .item(Finding.ok("The clock cannot be compared: Twilio is not configured.")));
  }
}
