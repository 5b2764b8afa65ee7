package chat.switchboard.twilio;

import chat.switchboard.outbound.Carrier;
import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** The real carrier, whose responses take their time on the way back. */
public final class SimulatedCarrier implements Carrier {

  /** The way from Twilio to a replica. */
  public interface Road {
    /** Delays the response to the request that Twilio has just taken. */
    Uni<Outcome> back(Sms sms, Outcome outcome);
  }

  private final TwilioCarrier carrier;
  private final Road road;

  SimulatedCarrier(TwilioCarrier carrier, Road road) {
    this.carrier = carrier;
    this.road = road;
  }

  @Override
  public Optional<String> unavailable() {
    return carrier.unavailable();
  }

  @Override
  public Uni<Outcome> send(Sms sms) {
    return carrier.send(sms).flatMap(outcome -> road.back(sms, outcome));
  }
}
