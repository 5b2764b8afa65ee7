package chat.switchboard.outbound;

import chat.switchboard.mongo.LeaseStore;
import chat.switchboard.ops.Timers;
import jakarta.enterprise.context.ApplicationScoped;

/** Makes the lanes of service numbers. */
@ApplicationScoped
class SenderLaneFactory {

  private final DueTexts due;
  private final TextSender texts;
  private final SendRates rates;
  private final LeaseStore leases;
  private final Timers timers;

  SenderLaneFactory(
      DueTexts due, TextSender texts, SendRates rates, LeaseStore leases, Timers timers) {
    this.due = due;
    this.texts = texts;
    this.rates = rates;
    this.leases = leases;
    this.timers = timers;
  }

  SenderLane lane(String sender) {
    return new SenderLane(sender, due, texts, rates.of(sender), leases, timers);
  }
}
