package chat.switchboard.events;

import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;

/** Whether the receivers of events take them. */
@Singleton
class ReceiversCheck implements Check {

  private final EventReceivers receivers;

  ReceiversCheck(EventReceivers receivers) {
    this.receivers = receivers;
  }

  @Override
  public Area area() {
    return Area.SWITCHBOARD;
  }

  @Override
  public String name() {
    return "Receivers of events";
  }

  @Override
  public Uni<Finding> look() {
    return receivers.all().map(ReceiversCheck::of);
  }

  private static Finding of(List<EventReceivers.Receiver> all) {
    List<String> off = names(all, true);
    if (!off.isEmpty()) {
      return Finding.fail(
          "Switched off: " + String.join(", ", off) + ".",
          "Repair the receiver, then POST /api/events/{name}/resume; events of the time between are"
              + " not sent.");
    }
    List<String> failing = names(all, false);
    if (!failing.isEmpty()) {
      return Finding.warn(
          "Failing: " + String.join(", ", failing) + ".",
          "Look at GET /api/events for the cause; after 5 days without a success a receiver is"
              + " switched off.");
    }
    return Finding.ok(
        all.isEmpty() ? "No receiver is configured." : "All receivers take their events.");
  }

  private static List<String> names(List<EventReceivers.Receiver> all, boolean off) {
    return all.stream()
        .filter(one -> off ? one.offSince().isPresent() : one.failingSince().isPresent())
        .map(EventReceivers.Receiver::name)
        .toList();
  }
}
